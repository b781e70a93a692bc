{{ config(materialized='sliced', unique_key='order_key') }}

with

transactions as (

    select * from {{ sliced(
        ref('stg_pos__transactions'),
        by='coalesce(original_order_key, order_key)',
        reached_by=[(ref('stg_pos__stores'), 'store_key', 'store_key')]
    ) }}
    where record_key is not null

),

stores as (

    select * from {{ ref('stg_pos__stores') }}

)

select
    transactions.order_key
    || case when transactions.is_return then ':order_refunded' else ':order_placed' end
        as interaction_id,
    transactions.record_key,
    'pos' as source_system,
    transactions.sold_at as occurred_at,
    'inbound' as direction,
    'store' as channel,
    case when transactions.is_return then 'order_refunded' else 'order_placed' end
        as interaction_type,
    case when transactions.is_return then 'Return at ' else 'Purchase at ' end
    || coalesce(stores.name, 'a store') as subject,
    coalesce(transactions.original_order_key, transactions.order_key) as order_key,
    stores.latitude,
    stores.longitude,
    {{ json_object({
        'total': 'transactions.total',
        'currency': 'transactions.currency',
        'store_key': 'transactions.store_key',
    }) }} as attributes,
    {{ unstated_columns('interactions', [
        'device_record_key', 'body', 'product_key', 'campaign_key', 'url', 'referrer',
        'utm_source', 'utm_medium', 'utm_campaign', 'click_id',
    ]) }}
from transactions
left join stores on transactions.store_key = stores.store_key
