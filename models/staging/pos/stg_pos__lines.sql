with

source as (

    select * from {{ raw_rows('pos', 'lines') }}

)

select
    'pos:transaction:' || transaction_id || ':' || line_no as line_key,
    'pos:transaction:' || transaction_id as order_key,
    line_no,
    sku,
    {{ clean_text('description') }} as name,
    {{ clean_text('category') }} as category,
    quantity,
    unit_price,
    coalesce(discount, 0) as discount,
    coalesce(tax, 0) as tax,
    total,
    _loaded_at
from source
