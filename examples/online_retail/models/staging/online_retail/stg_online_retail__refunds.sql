with

lines as (

    select * from {{ ref('stg_online_retail__transactions') }}

),

-- A cancellation does not say which invoice it takes back. It is the customer's latest
-- one with that product, of those with at least the quantity if there is any. Where
-- there is none, the cancellation itself stands for it.
matched as (

    select
        cancelled.order_key as cancellation_key,
        cancelled.invoiced_at,
        cancelled.net,
        coalesce(bought.order_key, cancelled.order_key) as order_key,
        bought.order_key is null as is_unmatched,
        row_number() over (
            partition by cancelled.order_key, cancelled.line_number
            order by
                case when bought.quantity >= -cancelled.quantity then 0 else 1 end asc,
                bought.invoiced_at desc,
                bought.order_key asc
        ) as choice

    from lines as cancelled
    left join lines as bought
        on
            cancelled.record_key = bought.record_key
            and cancelled.product_key = bought.product_key
            and cancelled.invoiced_at >= bought.invoiced_at
            and not bought.is_cancellation
            and bought.quantity > 0
    where cancelled.is_cancellation

),

refunds as (

    select
        replace(cancellation_key, ':invoice:', ':refund:')
        || '/' || order_key as refund_key,
        order_key,
        min(invoiced_at) as refunded_at,
        -sum(net) as amount,
        'GBP' as currency,
        'succeeded' as status,
        case when is_unmatched then 'invoice not found' end as reason

    from matched
    where choice = 1
    group by cancellation_key, order_key, is_unmatched

)

select * from refunds
