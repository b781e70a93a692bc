with

-- The same product goes by several descriptions, lost stock by remarks at price 0: the
-- one it was sold under most often is its name.
descriptions as (

    select
        product_key,
        stock_code,
        category,
        description,
        row_number() over (
            partition by product_key
            order by
                count(case when unit_price > 0 then description end) desc,
                description
        ) as choice

    from {{ ref('stg_online_retail__transactions') }}
    group by product_key, stock_code, category, description

)

select
    product_key,
    'online_retail' as source_system,
    stock_code as sku,
    description as name,
    category,
    {{ customer360.unstated_columns('products', [
        'gtin', 'brand', 'price', 'currency', 'in_stock',
    ]) }}
from descriptions
where choice = 1
