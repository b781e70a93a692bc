{{ config(meta={
    'name': '65 and over',
    'kind': 'demographic',
    'description': '65 years old or more, by date of birth.',
}) }}

select customers.customer_id
from {{ ref('customers') }} as customers
inner join {{ ref('core__as_of') }} as cut_off
    on customers.birth_date <= cut_off.as_of - interval '65' year
