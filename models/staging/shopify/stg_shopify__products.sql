with

source as (

    select * from {{ raw_rows('shopify', 'products') }}

),

variants as (

    select
        id,
        title,
        product_type,
        vendor,
        status,
        deleted_at,
        _loaded_at,
        {{ json_rows('variants', [
            'id', 'sku', 'barcode', 'title', 'inventory_quantity', 'price',
        ]) }} as variant

    from source

)

select
    'shopify:product:' || variant.id as product_key,
    'shopify' as source_system,
    id as product_id,
    variant.sku,
    nullif(regexp_replace(variant.barcode, '[^0-9]', '', 'g'), '') as gtin,
    {{ clean_text(
        "concat_ws(' ', title, nullif(variant.title, 'Default Title'))"
    ) }} as name,
    {{ clean_text('product_type') }} as category,
    {{ clean_text('vendor') }} as brand,
    {{ cast_raw('variant.price', 'decimal(18, 2)') }} as price,
    coalesce(
        status = 'active'
        and deleted_at is null
        and {{ cast_raw('variant.inventory_quantity', 'bigint') }} > 0,
        false
    ) as in_stock,
    -- An export of products names no currency: prices are in that of the shop.
    '{{ var("shop_currency") }}' as currency,
    deleted_at,
    _loaded_at
from variants
