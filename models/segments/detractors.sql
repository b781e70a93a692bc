{{ config(meta={
    'name': 'Detractors',
    'kind': 'psychographic',
    'description': 'Would not recommend us: 6 or less at their latest NPS question.',
}) }}

select customer_id
from {{ ref('customers') }}
where {{ nps_group('latest_nps') }} = 'detractor'
