{{ config(meta={
    'name': 'Under 30',
    'kind': 'demographic',
    'description': 'Younger than 30 years, by date of birth.',
}) }}

select customers.customer_id
from {{ ref('customers') }} as customers
inner join {{ ref('core__as_of') }} as cut_off
    on customers.birth_date > cut_off.as_of - interval '30' year
