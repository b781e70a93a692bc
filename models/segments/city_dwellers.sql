{{ config(meta={
    'name': 'City dwellers',
    'kind': 'geographic',
    'description': 'Live in an urban area, by postal code.',
}) }}

select customer_id
from {{ ref('customer_traits') }}
where
    said_of = 'area'
    and trait = 'urbanicity'
    and value = 'urban'
