{{ config(materialized='sliced', unique_key='order_key') }}

with

-- A shop knows the link by which an order came, not whose campaign it was.
links as (

    select
        placed.order_key,
        min(tags.campaign_key) as campaign_key
    from {{ sliced(
        ref('core__interactions'),
        by="case when interaction_type = 'order_placed' then order_key "
            ~ "else interaction_id end",
        reached_by=[
            (ref('core__campaign_keys'), 'utm_campaign', 'lower(utm_campaign)'),
        ]
    ) }} as placed
    inner join {{ ref('core__campaign_keys') }} as tags
        on lower(placed.utm_campaign) = tags.utm_campaign
    where placed.interaction_type = 'order_placed'
    group by placed.order_key

),

orders as (

    select
        orders.* exclude (campaign_key),
        coalesce(orders.campaign_key, links.campaign_key) as campaign_key,
        fx.rate as reporting_rate
    from {{ sliced(ref('core__orders'), by='order_key') }} as orders
    left join links on orders.order_key = links.order_key
    left join {{ ref('core__fx_rates') }} as fx
        on {{ fx_at('orders.currency', 'orders.ordered_at') }}

),

-- What is given back in another currency counts at the rates of the order's day.
refunds as (

    select
        refunds.order_key,
        sum(
            case
                when refunds.currency = orders.currency then refunds.amount
                else refunds.amount * fx.rate / orders.reporting_rate
            end
        ) as refunded
    from {{ sliced(ref('core__refunds'), by='order_key') }} as refunds
    inner join orders on refunds.order_key = orders.order_key
    left join {{ ref('core__fx_rates') }} as fx
        on {{ fx_at('refunds.currency', 'orders.ordered_at') }}
    where {{ is_given_back('refunds.status') }}
    group by refunds.order_key

),

lines as (

    select
        order_key,
        count(*) as line_count,
        sum(quantity) as item_quantity
    from {{ sliced(ref('core__order_lines'), by='order_key') }}
    group by order_key

),

valued as (

    select
        orders.*,
        orders.cancelled_at is null and orders.status <> 'cancelled' as is_sale,
        cast(coalesce(refunds.refunded, 0) as decimal(18, 2)) as refunded,
        coalesce(lines.line_count, 0) as line_count,
        coalesce(lines.item_quantity, 0) as item_quantity,
        case
            when not is_sale then 0
            else orders.net - coalesce(refunds.refunded, 0)
        end as revenue
    from orders
    left join refunds on orders.order_key = refunds.order_key
    left join lines on orders.order_key = lines.order_key

)

select
    *,
    {{ to_reporting('net', 'reporting_rate') }} as net_reporting,
    {{ to_reporting('refunded', 'reporting_rate') }} as refunded_reporting,
    {{ to_reporting('revenue', 'reporting_rate') }} as revenue_reporting
from valued
