{{ config(meta={
    'name': 'Multi-channel shoppers',
    'kind': 'behavioural',
    'description': 'Have bought through two channels or more.',
}) }}

select customer_id
from {{ ref('orders') }}
where is_sale
group by customer_id
having count(distinct channel) >= 2
