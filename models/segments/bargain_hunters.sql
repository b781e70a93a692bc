{{ config(meta={
    'name': 'Bargain hunters',
    'kind': 'behavioural',
    'description': 'Half of their purchases or more at a discount, of three at least.',
}) }}

select customer_id
from {{ ref('orders') }}
where is_sale
group by customer_id
having
    count(*) >= 3
    and 2 * count(case when discount > 0 then 1 end) >= count(*)
