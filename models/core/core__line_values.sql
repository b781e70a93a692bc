{{ config(materialized='sliced', unique_key='order_key') }}

with

lines as (

    select
        *,
        upper(trim(sku)) as unified_sku
    from {{ sliced(
        ref('core__order_lines'),
        by='order_key',
        reached_by=[
            (ref('core__product_keys'), 'source_product_key', 'product_key'),
            (ref('core__product_keys'), 'sku', 'upper(trim(sku))'),
        ]
    ) }}

),

-- Tills know a product by its sku alone.
keys_by_sku as (

    select distinct
        sku,
        product_key,
        name,
        category
    from {{ ref('core__product_keys') }}
    where sku is not null

),

resolved as (

    select
        lines.*,
        coalesce(
            by_key.product_key, by_sku.product_key, lines.product_key
        ) as unified_product_key,
        coalesce(by_key.sku, by_sku.sku, lines.unified_sku) as known_sku,
        coalesce(by_key.name, by_sku.name, lines.name) as known_name,
        coalesce(by_key.category, by_sku.category, lines.category) as known_category
    from lines
    left join {{ ref('core__product_keys') }} as by_key
        on lines.product_key = by_key.source_product_key
    left join keys_by_sku as by_sku on lines.unified_sku = by_sku.sku

)

select
    resolved.line_key,
    resolved.order_key,
    orders.record_key,
    resolved.unified_product_key as product_key,
    orders.ordered_at,
    orders.channel,
    orders.is_sale,
    resolved.known_sku as sku,
    resolved.known_name as name,
    resolved.known_category as category,
    resolved.quantity,
    resolved.currency,
    resolved.unit_price,
    resolved.discount,
    resolved.tax,
    resolved.net,
    {{ to_reporting('resolved.net', 'orders.reporting_rate') }} as net_reporting
from resolved
left join {{ sliced(ref('core__order_values'), by='order_key') }} as orders
    on resolved.order_key = orders.order_key
