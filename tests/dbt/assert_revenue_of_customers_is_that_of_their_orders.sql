-- Up to the cut-off, customers together have exactly the revenue of their orders.
with

of_orders as (

    select coalesce(sum(orders.revenue_reporting), 0) as revenue
    from {{ ref('orders') }} as orders
    inner join {{ ref('customers') }} as customers
        on orders.customer_id = customers.customer_id
    inner join {{ ref('core__as_of') }} as cut_off
        on orders.ordered_at <= cut_off.as_of

),

of_customers as (

    select coalesce(sum(revenue_reporting), 0) as revenue
    from {{ ref('customers') }}

)

select
    of_orders.revenue as revenue_of_orders,
    of_customers.revenue as revenue_of_customers
from of_orders
cross join of_customers
where of_orders.revenue <> of_customers.revenue
