{{ config(materialized='sliced', unique_key='order_key') }}

with

sales as (

    select * from {{ sliced(ref('stg_pos__transactions'), by='order_key') }}
    where not is_return

)

select
    'pos:payment:' || transaction_id as payment_key,
    order_key,
    sold_at as paid_at,
    total as amount,
    currency,
    payment_method as method,
    'success' as status,
    {{ unstated_columns('payments', ['reason']) }}
from sales
