with

orders as (

    select *
    from {{ with_customer(ref('core__order_values'), at='ordered_at') }} as orders
    where is_sale and customer_id is not null and not is_excluded

),

acts as (

    select
        interactions.customer_id,
        interactions.occurred_at as touched_at,
        coalesce(interactions.campaign_key, tags.campaign_key) as campaign_key
    from {{ with_customer(
        ref('core__interactions'), at='occurred_at', device='device_record_key'
    ) }} as interactions
    left join {{ ref('core__campaign_keys') }} as tags
        on lower(interactions.utm_campaign) = tags.utm_campaign
    where
        interactions.direction = 'inbound'
        and interactions.interaction_type = 'clicked'

),

visits as (

    select
        customer_id,
        started_at as touched_at,
        campaign_key
    from {{ with_customer(
        ref('core__sessions'), at='started_at', device='device_record_key'
    ) }} as sessions

),

touches as (

    select * from acts
    where campaign_key is not null

    union all

    select * from visits
    where campaign_key is not null

    union all

    select
        customer_id,
        ordered_at as touched_at,
        campaign_key
    from orders
    where campaign_key is not null

)

select
    orders.order_key,
    orders.customer_id,
    orders.ordered_at,
    orders.revenue_reporting,
    touches.campaign_key,
    touches.touched_at
from orders
inner join touches
    on
        orders.customer_id = touches.customer_id
        and orders.ordered_at >= touches.touched_at
        and orders.ordered_at - interval '{{ var("attribution_window_days") }}' day
        <= touches.touched_at
qualify row_number() over (
    partition by orders.order_key
    order by touches.touched_at desc, touches.campaign_key asc
) = 1
