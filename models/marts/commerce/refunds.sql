{{ config(materialized='sliced', unique_key='order_key') }}

with

orders as (

    select * from {{ with_customer(
        ref('core__order_values'), at='ordered_at', by='order_key'
    ) }} as orders

)

select
    refunds.refund_key,
    refunds.order_key,
    orders.customer_id,
    coalesce(orders.is_excluded, false) as is_excluded,
    orders.record_key,

    refunds.refunded_at,
    orders.ordered_at,
    refunds.status,
    {{ is_given_back('refunds.status') }} as is_given_back,
    refunds.reason,

    refunds.currency,
    refunds.amount,
    {{ to_reporting('refunds.amount') }} as amount_reporting
from {{ sliced(ref('core__refunds'), by='order_key') }} as refunds
left join orders on refunds.order_key = orders.order_key
left join {{ ref('core__fx_rates') }} as fx
    on {{ fx_at(
        'refunds.currency', 'coalesce(orders.ordered_at, refunds.refunded_at)'
    ) }}
