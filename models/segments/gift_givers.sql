{{ config(meta={
    'name': 'Gift givers',
    'kind': 'behavioural',
    'description': 'Bought in the four weeks before Christmas, and at no other time.',
}) }}

select customer_id
from {{ ref('orders') }}
where is_sale
group by customer_id
having
    bool_and(
        100 * extract(month from ordered_at) + extract(day from ordered_at)
        between 1127 and 1224
    )
