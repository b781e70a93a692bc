with

source as (

    select * from {{ customer360.raw_rows('complete_journey', 'products') }}

),

products as (

    select
        'complete_journey:product:' || product_id as product_key,
        'complete_journey' as source_system,
        product_id as sku,
        nullif(concat_ws(' ', product_type, package_size), '') as name,
        coalesce(product_category, department) as category,
        brand,
        {{ customer360.unstated_columns('products', [
            'gtin', 'price', 'currency', 'in_stock',
        ]) }}

    from source

)

select * from products
