with

lines as (

    select * from {{ ref('stg_pos__lines') }}

),

sales as (

    select * from {{ ref('stg_pos__transactions') }}
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
