with

orders as (

    select *
    from {{ with_customer(ref('core__order_values'), at='ordered_at') }} as orders
    where is_sale and not is_excluded

),

facts as (

    select
        'revenue' as metric,
        ordered_at as happened_at,
        cast(null as varchar) as customer_id,
        revenue_reporting as amount
    from orders

    union all

    select
        'orders' as metric,
        ordered_at as happened_at,
        cast(null as varchar) as customer_id,
        1 as amount
    from orders

    union all

    select
        'customers' as metric,
        ordered_at as happened_at,
        customer_id,
        1 as amount
    from orders

    union all

    select
        'sessions' as metric,
        started_at as happened_at,
        cast(null as varchar) as customer_id,
        1 as amount
    from {{ with_customer(
        ref('core__sessions'), at='started_at', device='device_record_key'
    ) }} as sessions
    where not is_excluded

    union all

    select
        'tickets' as metric,
        opened_at as happened_at,
        cast(null as varchar) as customer_id,
        1 as amount
    from {{ with_customer(ref('core__tickets'), at='opened_at') }} as tickets
    where not is_excluded

    union all

    select
        'nps' as metric,
        answered_at as happened_at,
        cast(null as varchar) as customer_id,
        {{ nps_points('score') }} as amount
    from {{ with_customer(ref('core__survey_responses'), at='answered_at') }}
        as responses
    where survey_type = 'nps' and score is not null and not is_excluded

),

begun as (

    select
        metric,
        cast(min(happened_at) as date) as first_day
    from facts
    group by metric

),

dated as (

    select
        facts.*,
        periods.period,
        cast(date_trunc(periods.period, facts.happened_at) as date) as period_start
    from facts
    cross join (values ('day'), ('week'), ('month')) as periods (period)
    cross join {{ ref('core__as_of') }} as cut_off
    where
        date_trunc(periods.period, facts.happened_at)
        < date_trunc(periods.period, cut_off.as_of)

)

select
    dated.metric,
    dated.period,
    dated.period_start,
    case dated.metric
        when 'customers' then count(distinct dated.customer_id)
        when 'nps' then avg(cast(dated.amount as double))
        else sum(dated.amount)
    end as value,
    count(*) as cases
from dated
inner join begun
    on
        dated.metric = begun.metric
        and dated.period_start >= begun.first_day
group by dated.metric, dated.period, dated.period_start
