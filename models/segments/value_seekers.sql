{{ config(meta={
    'name': 'Value seekers',
    'kind': 'psychographic',
    'description': 'Life style by a third party: looks for value.',
}) }}

select customer_id
from {{ ref('customer_traits') }}
where
    said_of = 'person'
    and trait = 'lifestyle_segment'
    and value = 'value seekers'
