with

members as (

    select
        *,
        row_number() over (
            partition by household_id
            order by customer_id
        ) as place
    from {{ ref('customers') }}
    where household_id is not null

)

select
    household_id,
    max(case when place = 1 then customer_id end) as founder_customer_id,
    max(case when place = 1 then family_name end) as family_name,
    max(case when place = 1 then street end) as street,
    max(case when place = 1 then city end) as city,
    max(case when place = 1 then region end) as region,
    max(case when place = 1 then postal_code end) as postal_code,
    max(case when place = 1 then country_code end) as country_code,
    cast(count(*) as integer) as member_count,
    cast(sum(order_count) as bigint) as order_count,
    cast(sum(revenue_reporting) as decimal(18, 2)) as revenue_reporting,
    min(first_order_at) as first_order_at,
    max(last_order_at) as last_order_at
from members
group by household_id
