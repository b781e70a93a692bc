{{ config(materialized='sliced', unique_key='order_key') }}

with

lines as (

    select * from {{ sliced(ref('stg_pos__lines'), by='order_key') }}

),

sales as (

    select * from {{ sliced(ref('stg_pos__transactions'), by='order_key') }}
    where not is_return

)

select
    lines.line_key,
    lines.order_key,
    lines.sku,
    lines.name,
    lines.category,
    lines.quantity,
    lines.unit_price,
    lines.discount,
    lines.tax,
    lines.quantity * lines.unit_price - lines.discount + lines.tax as net,
    sales.currency,
    {{ unstated_columns('order_lines', ['product_key']) }}
from lines
inner join sales on lines.order_key = sales.order_key
