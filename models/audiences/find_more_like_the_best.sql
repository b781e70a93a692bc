{{ config(meta={
    'name': 'Find more like the best',
    'description': 'The three tenths of buyers of the highest expected value: a seed that ad platforms find similar people by.',
    'purpose': 'marketing',
    'channel': 'ads',
}) }}

select customer_id
from {{ ref('customers') }}
where value_decile <= 3
