{{ config(materialized='sliced', unique_key='event_id') }}

with

events as (

    select *
    from {{ with_customer(
        ref('core__session_events'),
        at='occurred_at',
        device='device_record_key',
        by='interaction_id',
        reached_by=[
            (ref('core__product_keys'), 'source_product_key', 'product_key'),
        ]
    ) }} as events

)

select
    events.interaction_id as event_id,
    events.session_id,
    events.event_number,
    events.customer_id,
    events.is_excluded,
    events.record_key,
    events.device_record_key,

    events.occurred_at,
    events.channel,
    events.interaction_type as event_type,
    types.funnel_stage,
    events.subject,
    coalesce(products.product_key, events.product_key) as product_key,
    events.order_key,
    events.url,
    events.referrer
from events
left join {{ ref('interaction_types') }} as types
    on events.interaction_type = types.interaction_type
left join {{ ref('core__product_keys') }} as products
    on events.product_key = products.source_product_key
