{{ config(meta={
    'name': 'Families',
    'kind': 'demographic',
    'description': 'Have children, by a third party.',
}) }}

select customer_id
from {{ ref('customer_traits') }}
where
    said_of = 'person'
    and trait = 'has_children'
    and value = 'true'
