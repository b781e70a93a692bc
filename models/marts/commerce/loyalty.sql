{{ config(materialized='sliced', unique_key='movement_key') }}

select
    movement_key,
    order_key,
    customer_id,
    is_excluded,
    record_key,

    moved_at,
    status,
    reason,
    points
from {{ with_customer(
    ref('core__loyalty_movements'), at='moved_at', by='movement_key'
) }} as movements
