with

cut_off as (

    select as_of from {{ ref('core__as_of') }}

),

orders as (

    select orders.*
    from {{ with_customer(ref('core__order_values'), at='ordered_at') }} as orders
    inner join cut_off on orders.ordered_at <= cut_off.as_of
    where orders.is_sale and orders.customer_id is not null

),

lines as (

    select lines.*
    from {{ with_customer(ref('core__line_values'), at='ordered_at') }} as lines
    inner join cut_off on lines.ordered_at <= cut_off.as_of
    where
        lines.is_sale
        and lines.customer_id is not null
        and lines.category is not null

),

totals as (

    select
        customer_id,
        count(*) as order_count,
        sum(revenue_reporting) as revenue_reporting,
        sum(refunded_reporting) as refunded_reporting,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at
    from orders
    group by customer_id

),

channels as (

    select
        customer_id,
        channel,
        row_number() over (
            partition by customer_id
            order by count(*) desc, max(ordered_at) desc, channel
        ) as place
    from orders
    where channel is not null
    group by customer_id, channel

),

categories as (

    select
        customer_id,
        category,
        row_number() over (
            partition by customer_id
            order by sum(net_reporting) desc nulls last, category
        ) as place
    from lines
    group by customer_id, category

)

select
    totals.customer_id,
    cut_off.as_of,
    totals.order_count,
    totals.revenue_reporting,
    totals.refunded_reporting,
    cast(
        {{ rounded(
            'cast(totals.revenue_reporting as double) / totals.order_count', 2
        ) }} as decimal(18, 2)
    ) as average_order_value_reporting,
    totals.first_order_at,
    totals.last_order_at,
    ({{ epoch_seconds('cut_off.as_of') }} - {{ epoch_seconds('totals.last_order_at') }})
    / 86400 as days_since_last_order,
    (
        {{ epoch_seconds('totals.last_order_at') }}
        - {{ epoch_seconds('totals.first_order_at') }}
    ) / 86400 / nullif(totals.order_count - 1, 0) as average_days_between_orders,
    channels.channel as favourite_channel,
    categories.category as favourite_category
from totals
cross join cut_off
left join channels
    on
        totals.customer_id = channels.customer_id
        and channels.place = 1
left join categories
    on
        totals.customer_id = categories.customer_id
        and categories.place = 1
