{{ config(materialized='sliced', unique_key='transaction_id') }}

with

source as (

    select * from {{ raw_rows('pos', 'transactions', by='transaction_id') }}

)

select
    'pos:transaction:' || transaction_id as order_key,
    transaction_id,
    'pos:store:' || store_id as store_key,
    register_id,
    cashier_id,
    sold_at,
    {{ record_key('pos', 'member', 'loyalty_id') }} as record_key,
    loyalty_id,
    lower(payment_method) as payment_method,
    payment_token,
    upper(currency) as currency,
    coalesce(gross, 0) as gross,
    coalesce(discount, 0) as discount,
    coalesce(tax, 0) as tax,
    total,
    coalesce(points_earned, 0) as points_earned,
    coalesce(points_redeemed, 0) as points_redeemed,
    'pos:transaction:' || original_transaction_id as original_order_key,
    original_transaction_id is not null as is_return,
    source_row,
    _loaded_at
from source
