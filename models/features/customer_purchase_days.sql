{{ config(materialized='sliced', unique_key='customer_id') }}

with

sales as (

    select
        customer_id,
        cast(ordered_at as date) as purchased_on,
        ordered_at,
        revenue_reporting
    from {{ sliced(
        ref('customer_sales'),
        by='customer_id',
        until=(ref('core__as_of'), 'as_of', ['ordered_at'])
    ) }}

)

select
    sales.customer_id,
    sales.purchased_on,
    cast(count(*) as integer) as order_count,
    cast(coalesce(sum(sales.revenue_reporting), 0) as decimal(18, 2))
        as revenue_reporting
from sales
inner join {{ ref('core__as_of') }} as cut_off
    on sales.ordered_at <= cut_off.as_of
left join {{ sliced(ref('restricted_customers'), by='customer_id') }} as restricted
    on sales.customer_id = restricted.customer_id
where restricted.customer_id is null
group by sales.customer_id, sales.purchased_on
