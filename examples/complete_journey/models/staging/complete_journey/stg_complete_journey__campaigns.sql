with

source as (

    select *
    from {{ customer360.raw_rows('complete_journey', 'campaign_descriptions') }}

),

campaigns as (

    select
        'complete_journey:campaign:' || campaign_id as campaign_key,
        'Campaign ' || campaign_id || ' (' || campaign_type || ')' as name,
        'post' as channel,
        'coupon' as medium,
        start_date as starts_at,
        end_date as ends_at,
        {{ customer360.unstated_columns('campaigns', ['utm_campaign']) }}

    from source

)

select * from campaigns
