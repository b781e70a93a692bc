{{ config(meta={
    'name': 'Night owls',
    'kind': 'behavioural',
    'description': 'Mostly with us between ten at night and five in the morning, by their own clock.',
}) }}

select customer_id
from {{ ref('customers') }}
where
    preferred_contact_hour >= 22
    or preferred_contact_hour < 5
