{{ config(materialized='tracked') }} {#- marts built by slices look it up -#}

with

products as (

    select
        product_key,
        upper(trim(sku)) as sku,
        name,
        category
    from {{ ref('core__products') }}

),

-- What systems know under one sku is one product, named by the first of their keys.
unified as (

    select
        product_key as source_product_key,
        sku,
        case
            when sku is null then product_key
            else min(product_key) over (partition by sku)
        end as product_key
    from products

)

-- Only what hardly changes: all that is said of a product, price included, is in
-- core__catalogue.
select
    unified.source_product_key,
    unified.sku,
    unified.product_key,
    products.name,
    products.category
from unified
inner join products on unified.product_key = products.product_key
