{{ config(meta={
    'name': 'One-time buyers',
    'kind': 'behavioural',
    'description': 'Bought once, and have not come back within churn_horizon_days.',
}) }}

select customer_id
from {{ ref('customers') }}
where order_count = 1 and lifecycle_stage = 'lapsed'
