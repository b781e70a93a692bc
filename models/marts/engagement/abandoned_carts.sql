with

sessions as (

    select * from {{ ref('sessions') }}
    where is_cart_abandoned

),

-- What was put in and not taken out again.
contents as (

    select
        events.session_id,
        events.product_key,
        sum(case events.event_type when 'product_added' then 1 else -1 end)
            as item_count
    from {{ ref('events') }} as events
    inner join sessions on events.session_id = sessions.session_id
    where
        events.event_type in ('product_added', 'product_removed')
        and events.product_key is not null
    group by events.session_id, events.product_key

),

carts as (

    select
        contents.session_id,
        count(*) as product_count,
        sum(contents.item_count) as item_count,
        sum(contents.item_count * products.price_reporting) as value_reporting
    from contents
    left join {{ ref('products') }} as products
        on contents.product_key = products.product_key
    where contents.item_count > 0
    group by contents.session_id

),

-- The first order in the week after; trackers miss some orders of the session itself.
recovered as (

    select
        sessions.session_id,
        min(orders.ordered_at) as ordered_at,
        {{ arg_min('orders.order_key', 'orders.ordered_at') }} as order_key
    from sessions
    inner join {{ ref('orders') }} as orders
        on
            sessions.customer_id = orders.customer_id
            and sessions.started_at <= orders.ordered_at
            and sessions.ended_at + interval 7 day > orders.ordered_at
    where orders.is_sale
    group by sessions.session_id

)

select
    sessions.session_id,
    sessions.customer_id,
    sessions.is_excluded,
    sessions.channel,
    sessions.campaign_key,
    sessions.ended_at as abandoned_at,
    case when sessions.has_checkout then 'checkout' else 'cart' end as abandoned_step,

    cast(coalesce(carts.product_count, 0) as integer) as product_count,
    cast(coalesce(carts.item_count, 0) as integer) as item_count,
    cast(carts.value_reporting as decimal(18, 2)) as value_reporting,

    recovered.order_key is not null as is_recovered,
    recovered.order_key as recovered_order_key,
    {{ hours_between('sessions.ended_at', 'recovered.ordered_at') }}
        as hours_to_recovery
from sessions
left join carts on sessions.session_id = carts.session_id
left join recovered on sessions.session_id = recovered.session_id
