with

stores as (

    select distinct
        store_key,
        'Store ' || store_id as name,
        'America/New_York' as time_zone,
        {{ customer360.unstated_columns('stores', ['latitude', 'longitude']) }}

    from {{ ref('stg_complete_journey__transactions') }}

)

select * from stores
