with

sales as (

    select
        store_key,
        min(ordered_at) as first_sold_at,
        max(ordered_at) as last_sold_at,
        count(*) as order_count,
        count(distinct customer_id) as customer_count,
        sum(revenue_reporting) as revenue_reporting
    from {{ ref('orders') }}
    where is_sale and not is_excluded
    group by store_key

),

visits as (

    select
        store_key,
        count(*) as visit_count,
        count(distinct coalesce(customer_id, device_record_key)) as visitor_count
    from {{ ref('store_visits') }}
    where not is_excluded
    group by store_key

)

select
    stores.store_key,
    stores.name,
    stores.latitude,
    stores.longitude,
    stores.time_zone,

    sales.first_sold_at,
    sales.last_sold_at,
    coalesce(sales.order_count, 0) as order_count,
    coalesce(sales.customer_count, 0) as customer_count,
    cast(coalesce(sales.revenue_reporting, 0) as decimal(18, 2)) as revenue_reporting,

    coalesce(visits.visit_count, 0) as visit_count,
    coalesce(visits.visitor_count, 0) as visitor_count
from {{ ref('core__stores') }} as stores
left join sales on stores.store_key = sales.store_key
left join visits on stores.store_key = visits.store_key
