{{ config(meta={
    'name': 'Lapsing loyals',
    'kind': 'behavioural',
    'description': 'Four purchases or more, and none for twice as long as they usually wait.',
}) }}

select customers.customer_id
from {{ ref('customers') }} as customers
inner join {{ ref('customer_rfm') }} as rfm
    on customers.customer_id = rfm.customer_id
where
    customers.order_count >= 4
    and rfm.recency_days > 2 * customers.average_days_between_orders
