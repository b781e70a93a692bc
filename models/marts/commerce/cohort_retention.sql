with

cut_off as (

    select
        as_of,
        cast(date_trunc('month', as_of) as date) as as_of_month
    from {{ ref('core__as_of') }}

),

sales as (

    select
        orders.customer_id,
        orders.revenue_reporting,
        cast(date_trunc('month', orders.ordered_at) as date) as activity_month
    from {{ ref('orders') }} as orders
    inner join {{ ref('golden_record') }} as identified
        on orders.customer_id = identified.customer_id
    inner join cut_off on orders.ordered_at <= cut_off.as_of
    where orders.is_sale and not orders.is_excluded

),

members as (

    select
        customer_id,
        min(activity_month) as cohort_month
    from sales
    group by customer_id

),

cohorts as (

    select
        cohort_month,
        count(*) as cohort_customer_count
    from members
    group by cohort_month

),

activity as (

    select
        members.cohort_month,
        sales.activity_month,
        count(distinct sales.customer_id) as customer_count,
        count(*) as order_count,
        sum(sales.revenue_reporting) as revenue_reporting
    from sales
    inner join members on sales.customer_id = members.customer_id
    group by members.cohort_month, sales.activity_month

),

spans as (

    select
        cohorts.cohort_month,
        cohorts.cohort_customer_count,
        {{ each_month('cohorts.cohort_month', 'cut_off.as_of_month') }} as starts_at
    from cohorts
    cross join cut_off

),

months as (

    select
        cohort_month,
        cohort_customer_count,
        cast(starts_at as date) as activity_month
    from spans

),

-- A month in which nobody of a cohort came back is a zero, not a gap.
filled as (

    select
        months.cohort_month,
        months.cohort_customer_count,
        months.activity_month,
        coalesce(activity.customer_count, 0) as customer_count,
        coalesce(activity.order_count, 0) as order_count,
        coalesce(activity.revenue_reporting, 0) as revenue_reporting
    from months
    left join activity
        on
            months.cohort_month = activity.cohort_month
            and months.activity_month = activity.activity_month

)

select
    filled.cohort_month,
    filled.activity_month,
    cast(
        12 * (
            extract(year from filled.activity_month)
            - extract(year from filled.cohort_month)
        )
        + extract(month from filled.activity_month)
        - extract(month from filled.cohort_month)
        as integer
    ) as months_since,
    filled.activity_month < cut_off.as_of_month as is_complete,

    filled.cohort_customer_count,
    filled.customer_count,
    filled.customer_count / filled.cohort_customer_count as retention_share,
    filled.order_count,
    cast(filled.revenue_reporting as decimal(18, 2)) as revenue_reporting,
    cast(
        sum(filled.revenue_reporting) over (
            partition by filled.cohort_month
            order by filled.activity_month
            rows between unbounded preceding and current row
        ) as decimal(18, 2)
    ) as cumulative_revenue_reporting
from filled
cross join cut_off
