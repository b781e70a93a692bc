{{ config(meta={
    'name': 'Complainers',
    'kind': 'behavioural',
    'description': 'Asked for help twice or more, or reopened a ticket.',
}) }}

select customer_id
from {{ ref('tickets') }}
group by customer_id
having
    count(*) >= 2
    or max(reopened_count) > 0
