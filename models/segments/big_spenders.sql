{{ config(meta={
    'name': 'Big spenders',
    'kind': 'behavioural',
    'description': 'The tenth of all buyers who have spent most.',
}) }}

with

ranked as (

    select
        customer_id,
        ntile(10) over (order by revenue_reporting desc, customer_id asc) as tenth
    from {{ ref('customers') }}
    where order_count > 0

)

select customer_id
from ranked
where tenth = 1
