{{ config(meta={
    'name': 'Win back the lapsed',
    'description': 'Ordered twice or more, and not for the churn horizon: an offer to return.',
    'purpose': 'marketing',
    'channel': 'email',
    'frequency_cap': {'contacts': 6, 'days': 30},
    'control_share': 0.1,
}) }}

select customer_id
from {{ ref('customers') }}
where
    lifecycle_stage = 'lapsed'
    and order_count >= 2
