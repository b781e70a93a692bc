{{ config(materialized='sliced', unique_key='order_key') }}

with

records as (

    select * from {{ sliced(ref('stg_shopify__order_records'), by='order_key') }}
    where not is_test

),

refunds as (

    select
        order_key,
        currency,
        {{ json_rows('refunds', ['id', 'created_at', 'note', 'transactions']) }}
            as refund

    from records

),

transactions as (

    select
        refund.id as refund_id,
        {{ json_rows('refund.transactions', ['amount', 'status']) }} as movement

    from refunds

),

paid_back as (

    select
        refund_id,
        sum({{ cast_raw('movement.amount', 'decimal(18, 2)') }}) as amount

    from transactions
    where coalesce(movement.status, 'success') = 'success'
    group by refund_id

)

select
    'shopify:refund:' || refunds.refund.id as refund_key,
    refunds.order_key,
    {{ cast_raw('refunds.refund.created_at', 'timestamp') }} as refunded_at,
    coalesce(paid_back.amount, 0) as amount,
    refunds.currency,
    'refunded' as status,
    {{ clean_text('refunds.refund.note') }} as reason
from refunds
left join paid_back on refunds.refund.id = paid_back.refund_id
