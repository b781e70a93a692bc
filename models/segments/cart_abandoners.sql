{{ config(meta={
    'name': 'Cart abandoners',
    'kind': 'behavioural',
    'description': 'Left a cart behind in the latest of their sessions that had one.',
}) }}

select customer_id
from {{ ref('sessions') }}
where has_cart or has_checkout
group by customer_id
having {{ latest('is_cart_abandoned', 'started_at', 'session_id') }}
