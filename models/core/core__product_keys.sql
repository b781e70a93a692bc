{{ config(materialized='tracked') }} {#- marts built by slices look it up -#}

with

products as (

    select
        product_key,
        upper(trim(sku)) as sku
    from {{ ref('core__products') }}

)

-- What systems know under one sku is one product, named by the first of their keys.
select
    product_key as source_product_key,
    sku,
    case
        when sku is null then product_key
        else min(product_key) over (partition by sku)
    end as product_key
from products
