{{ config(meta={
    'name': 'One-time buyers',
    'kind': 'behavioural',
    'description': 'Bought once, and so long ago that they count as lapsed.',
}) }}

select customer_id
from {{ ref('customers') }}
where order_count = 1 and lifecycle_stage = 'lapsed'
