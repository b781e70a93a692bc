with

campaigns as (

    select * from {{ ref('stg_complete_journey__campaigns') }}

),

mailed_households as (

    select
        *,
        'complete_journey:campaign:' || campaign_id as campaign_key
    from {{ customer360.raw_rows('complete_journey', 'campaigns') }}

),

redemptions as (

    select * from {{ customer360.raw_rows('complete_journey', 'coupon_redemptions') }}

),

mailings as (

    select
        mailed.campaign_key || '/' || mailed.household_id as interaction_id,
        mailed.household_id,
        -- The day a mailing arrived is not known; it is out when its campaign starts.
        campaigns.starts_at as occurred_at,
        'outbound' as direction,
        'received' as interaction_type,
        campaigns.name as subject,
        mailed.campaign_key

    from mailed_households as mailed
    left join campaigns on mailed.campaign_key = campaigns.campaign_key

),

redeemed as (

    select
        'complete_journey:redemption:' || concat_ws(
            '/', household_id, coupon_upc, campaign_id, cast(redemption_date as date)
        ) as interaction_id,
        household_id,
        redemption_date as occurred_at,
        'inbound' as direction,
        'coupon_redeemed' as interaction_type,
        'Coupon ' || coupon_upc as subject,
        'complete_journey:campaign:' || campaign_id as campaign_key

    from redemptions

),

united as (

    select
        *,
        'post' as channel
    from mailings

    union all

    select
        *,
        'store' as channel
    from redeemed

),

interactions as (

    select
        *,
        'complete_journey:household:' || household_id as record_key,
        'complete_journey' as source_system,
        {{ customer360.unstated_columns('interactions', [
            'device_record_key', 'body', 'product_key', 'order_key', 'url',
            'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_id',
            'latitude', 'longitude', 'attributes',
        ]) }}
    from united

)

select * from interactions
