with

product_keys as (

    select
        *,
        count(*) over (partition by product_key) as source_count
    from {{ ref('core__product_keys') }}

)

-- Of the systems that know a product, the one whose key it bears describes it.
select
    product_keys.product_key,
    product_keys.sku,
    products.gtin,
    products.name,
    products.category,
    products.brand,
    products.price,
    products.currency,
    products.in_stock,
    product_keys.source_count
from product_keys
inner join {{ ref('core__products') }} as products
    on product_keys.source_product_key = products.product_key
where product_keys.source_product_key = product_keys.product_key
