with

lines as (

    select
        *,
        upper(trim(sku)) as unified_sku
    from {{ ref('core__order_lines') }}

),

-- Tills know a product by its sku alone.
keys_by_sku as (

    select distinct
        sku,
        product_key
    from {{ ref('core__product_keys') }}
    where sku is not null

),

resolved as (

    select
        lines.*,
        coalesce(
            by_key.product_key, by_sku.product_key, lines.product_key
        ) as unified_product_key
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
    coalesce(catalogue.sku, resolved.unified_sku) as sku,
    coalesce(catalogue.name, resolved.name) as name,
    coalesce(catalogue.category, resolved.category) as category,
    resolved.quantity,
    resolved.currency,
    resolved.unit_price,
    resolved.discount,
    resolved.tax,
    resolved.net,
    {{ to_reporting('resolved.net', 'orders.reporting_rate') }} as net_reporting
from resolved
left join {{ ref('core__order_values') }} as orders
    on resolved.order_key = orders.order_key
left join {{ ref('core__catalogue') }} as catalogue
    on resolved.unified_product_key = catalogue.product_key
