with

refunds as (

    select
        order_key,
        sum(amount) as refunded
    from {{ ref('core__refunds') }}
    where coalesce(status, 'succeeded') not in ('failed', 'cancelled')
    group by order_key

),

lines as (

    select
        order_key,
        count(*) as line_count,
        sum(quantity) as item_quantity
    from {{ ref('core__order_lines') }}
    group by order_key

),

valued as (

    select
        orders.*,
        orders.cancelled_at is null and orders.status <> 'cancelled' as is_sale,
        coalesce(refunds.refunded, 0) as refunded,
        coalesce(lines.line_count, 0) as line_count,
        coalesce(lines.item_quantity, 0) as item_quantity,
        case
            when not is_sale then 0
            else orders.net - coalesce(refunds.refunded, 0)
        end as revenue,
        fx.rate as reporting_rate
    from {{ ref('core__orders') }} as orders
    left join refunds on orders.order_key = refunds.order_key
    left join lines on orders.order_key = lines.order_key
    left join {{ ref('core__fx_rates') }} as fx
        on {{ fx_at('orders.currency', 'orders.ordered_at') }}

)

select
    *,
    {{ to_reporting('net', 'reporting_rate') }} as net_reporting,
    {{ to_reporting('refunded', 'reporting_rate') }} as refunded_reporting,
    {{ to_reporting('revenue', 'reporting_rate') }} as revenue_reporting
from valued
