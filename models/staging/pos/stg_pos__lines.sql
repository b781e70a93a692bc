{{ config(materialized='sliced', unique_key='order_key') }}

with

source as (

    select * from {{ raw_rows(
        'pos', 'lines', by="'pos:transaction:' || transaction_id"
    ) }}

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
