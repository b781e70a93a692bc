with

source as (

    select * from {{ raw_rows('ads', 'campaigns') }}

),

renamed as (

    select
        'ads:campaign:' || platform || '/' || campaign_id as campaign_key,
        platform,
        account_id,
        campaign_id,
        campaign_name as name,
        objective,
        status,
        lower(channel_type) as channel,
        lower(utm_source) as utm_source,
        lower(utm_medium) as medium,
        utm_campaign,
        cast(start_date as timestamp) as starts_at,
        -- The last day counts in full.
        cast(end_date + interval 1 day as timestamp) as ends_at,
        deleted_at,
        _loaded_at

    from source

)

select * from renamed
