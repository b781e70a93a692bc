{{ config(meta={
    'name': 'Country dwellers',
    'kind': 'geographic',
    'description': 'Live in a rural area, by postal code.',
}) }}

select customer_id
from {{ ref('customer_traits') }}
where
    said_of = 'area'
    and trait = 'urbanicity'
    and value = 'rural'
