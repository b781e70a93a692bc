{{ config(materialized='sliced', unique_key='order_key') }}

select
    order_key,
    customer_id,
    ordered_at,
    revenue_reporting
from {{ with_customer(
    ref('core__order_values'), at='ordered_at', by='order_key'
) }} as orders
where
    is_sale
    and customer_id is not null
    and not is_excluded
    and ordered_at is not null
