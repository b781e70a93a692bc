with

source as (

    select * from {{ raw_rows('ads', 'daily_performance') }}

),

renamed as (

    select
        platform,
        account_id,
        campaign_id,
        date as day,
        upper(currency) as currency,
        cost,
        impressions,
        clicks,
        conversions as claimed_conversions,
        conversion_value as claimed_conversion_value,
        _loaded_at

    from source

)

select * from renamed
