{{ config(materialized='sliced', unique_key='order_key') }}

with

orders as (

    select * from {{ with_customer(
        ref('core__order_values'), at='ordered_at', by='order_key'
    ) }} as orders

)

select
    payments.payment_key,
    payments.order_key,
    orders.customer_id,
    coalesce(orders.is_excluded, false) as is_excluded,
    orders.record_key,

    payments.paid_at,
    payments.method,
    payments.status,
    payments.reason,

    payments.currency,
    payments.amount,
    {{ to_reporting('payments.amount') }} as amount_reporting
from {{ sliced(ref('core__payments'), by='order_key') }} as payments
left join orders on payments.order_key = orders.order_key
left join {{ ref('core__fx_rates') }} as fx
    on {{ fx_at(
        'payments.currency', 'coalesce(orders.ordered_at, payments.paid_at)'
    ) }}
