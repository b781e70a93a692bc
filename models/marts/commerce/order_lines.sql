{{ config(materialized='sliced', unique_key='line_key') }}

select
    line_key,
    order_key,
    customer_id,
    is_excluded,
    product_key,

    ordered_at,
    channel,
    is_sale,

    sku,
    name,
    category,
    quantity,

    currency,
    unit_price,
    discount,
    tax,
    net,
    net_reporting
from {{ with_customer(
    ref('core__line_values'), at='ordered_at', by='line_key'
) }} as lines
