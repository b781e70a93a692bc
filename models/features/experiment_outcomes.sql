with

assigned as (

    select
        substr(name, length('experiment:') + 1) as experiment,
        customer_id,
        min(value) as arm,
        max(value) as other_arm,
        min(as_of) as assigned_at
    from {{ with_customer(ref('core__attributes'), at='as_of') }} as attributes
    where
        name like 'experiment:%'
        and as_of is not null
        and customer_id is not null
        and not is_excluded
    group by name, customer_id

),

cut_off as (

    select as_of from {{ ref('core__as_of') }}

),

-- Who was in two arms, as two records at the time, tells of neither.
people as (

    select
        assigned.experiment,
        assigned.customer_id,
        assigned.arm,
        assigned.assigned_at,
        assigned.assigned_at
        + interval '{{ var("experiment_window_days") }}' day as observed_until
    from assigned
    cross join cut_off
    where
        assigned.arm = assigned.other_arm
        and assigned.assigned_at
        + interval '{{ var("experiment_window_days") }}' day <= cut_off.as_of

),

visits as (

    select distinct
        people.experiment,
        people.customer_id
    from people
    inner join {{ ref('customer_touches') }} as touches
        on
            people.customer_id = touches.customer_id
            and people.assigned_at <= touches.touched_at
            and people.observed_until > touches.touched_at

),

sales as (

    select
        people.experiment,
        people.customer_id,
        sum(sales.revenue_reporting) as revenue_reporting
    from people
    inner join {{ ref('customer_sales') }} as sales
        on
            people.customer_id = sales.customer_id
            and people.assigned_at <= sales.ordered_at
            and people.observed_until > sales.ordered_at
    group by people.experiment, people.customer_id

)

select
    people.experiment,
    people.customer_id,
    people.arm,
    lower(people.arm) in ('control', 'holdout') as is_control,
    people.assigned_at,
    case when visits.customer_id is null then 0 else 1 end as visited,
    case when sales.customer_id is null then 0 else 1 end as bought,
    cast(coalesce(sales.revenue_reporting, 0) as decimal(18, 2)) as revenue_reporting
from people
left join visits
    on
        people.experiment = visits.experiment
        and people.customer_id = visits.customer_id
left join sales
    on
        people.experiment = sales.experiment
        and people.customer_id = sales.customer_id
