{{ config(materialized='sliced', unique_key='order_key') }}

with

records as (

    select * from {{ sliced(ref('stg_shopify__order_records'), by='order_key') }}
    where not is_test

),

lines as (

    select
        order_key,
        currency,
        has_taxes_in_prices,
        {{ json_rows('line_items', [
            'id', 'variant_id', 'sku', 'title', 'quantity', 'price', 'total_discount',
            'tax_lines',
        ]) }} as line

    from records

),

tax_lines as (

    select
        order_key,
        line.id as line_id,
        {{ json_rows('line.tax_lines', ['price']) }} as tax_line

    from lines

),

taxes as (

    select
        order_key,
        line_id,
        sum({{ cast_raw('tax_line.price', 'decimal(18, 2)') }}) as tax

    from tax_lines
    group by order_key, line_id

),

amounts as (

    select
        lines.order_key || ':' || lines.line.id as line_key,
        lines.order_key,
        'shopify:product:' || lines.line.variant_id as product_key,
        lines.line.sku,
        {{ clean_text('line.title') }} as name,
        {{ cast_raw('line.quantity', 'decimal(18, 3)') }} as quantity,
        {{ cast_raw('line.price', 'decimal(18, 4)') }} as price,
        coalesce({{ cast_raw('line.total_discount', 'decimal(18, 2)') }}, 0)
            as discount,
        coalesce(taxes.tax, 0) as tax,
        currency,
        has_taxes_in_prices

    from lines
    left join taxes
        on
            lines.order_key = taxes.order_key
            and lines.line.id = taxes.line_id

),

priced as (

    select
        *,
        case
            when has_taxes_in_prices then price - tax / nullif(quantity, 0) else price
        end as unit_price,
        quantity * price - discount + case when has_taxes_in_prices then 0 else tax end
            as net

    from amounts

)

select
    line_key,
    order_key,
    product_key,
    sku,
    name,
    quantity,
    unit_price,
    discount,
    tax,
    net,
    currency,
    {{ unstated_columns('order_lines', ['category']) }}
from priced
