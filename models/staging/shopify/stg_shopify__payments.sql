{{ config(materialized='sliced', unique_key='order_key') }}

with

records as (

    select * from {{ sliced(ref('stg_shopify__order_records'), by='order_key') }}
    where not is_test

),

transactions as (

    select
        order_key,
        currency,
        {{ json_rows('transactions', [
            'id', 'kind', 'gateway', 'status', 'amount', 'created_at', 'message',
        ]) }} as movement

    from records

)

select
    'shopify:payment:' || movement.id as payment_key,
    order_key,
    {{ cast_raw('movement.created_at', 'timestamp') }} as paid_at,
    {{ cast_raw('movement.amount', 'decimal(18, 2)') }} as amount,
    currency,
    movement.gateway as method,
    movement.status,
    {{ clean_text('movement.message') }} as reason
from transactions
where movement.kind in ('sale', 'capture')
