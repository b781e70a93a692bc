{{ config(materialized='sliced', unique_key='refund_key') }}

with

returns as (

    select * from {{ sliced(ref('stg_pos__transactions'), by='order_key') }}
    where is_return

)

select
    order_key as refund_key,
    original_order_key as order_key,
    sold_at as refunded_at,
    -total as amount,
    currency,
    'refunded' as status,
    'Returned in the store' as reason
from returns
