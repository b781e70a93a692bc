{{ config(materialized='sliced', unique_key='interaction_id') }}

with

interactions as (

    select *
    from {{ with_customer(
        ref('core__interactions'),
        at='occurred_at',
        device='device_record_key',
        by='interaction_id',
        reached_by=[
            (ref('core__product_keys'), 'source_product_key', 'product_key'),
            (ref('core__campaign_keys'), 'utm_campaign', 'lower(utm_campaign)'),
        ]
    ) }} as interactions

)

select
    interactions.interaction_id,
    interactions.customer_id,
    interactions.is_excluded,
    interactions.record_key,
    interactions.device_record_key,
    interactions.source_system,

    interactions.occurred_at,
    interactions.direction,
    interactions.channel,
    interactions.interaction_type,
    types.funnel_stage,
    interactions.subject,
    interactions.body,

    coalesce(products.product_key, interactions.product_key) as product_key,
    interactions.order_key,
    coalesce(interactions.campaign_key, tags.campaign_key) as campaign_key,

    interactions.url,
    interactions.referrer,
    interactions.utm_source,
    interactions.utm_medium,
    interactions.utm_campaign,
    interactions.click_id,
    interactions.latitude,
    interactions.longitude,
    interactions.attributes
from interactions
left join {{ ref('interaction_types') }} as types
    on interactions.interaction_type = types.interaction_type
left join {{ ref('core__product_keys') }} as products
    on interactions.product_key = products.source_product_key
left join {{ ref('core__campaign_keys') }} as tags
    on lower(interactions.utm_campaign) = tags.utm_campaign
