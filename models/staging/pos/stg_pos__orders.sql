{{ config(materialized='sliced', unique_key='order_key') }}

with

sales as (

    select * from {{ sliced(
        ref('stg_pos__transactions'), by='coalesce(original_order_key, order_key)'
    ) }}
    where not is_return

),

returned as (

    select
        original_order_key,
        -sum(total) as amount

    from {{ sliced(
        ref('stg_pos__transactions'), by='coalesce(original_order_key, order_key)'
    ) }}
    where is_return
    group by original_order_key

)

select
    sales.order_key,
    sales.transaction_id as order_number,
    sales.record_key,
    'pos' as source_system,
    sales.sold_at as ordered_at,
    case
        when returned.amount >= sales.gross - sales.discount + sales.tax then 'refunded'
        when returned.amount > 0 then 'partially_refunded'
        else 'fulfilled'
    end as status,
    'store' as channel,
    sales.store_key,
    sales.currency,
    sales.gross,
    sales.discount,
    sales.tax,
    0 as shipping,
    sales.gross - sales.discount + sales.tax as net,
    {{ unstated_columns('orders', ['cancelled_at', 'campaign_key']) }}
from sales
left join returned on sales.order_key = returned.original_order_key
