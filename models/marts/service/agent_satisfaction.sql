with

tickets as (

    select
        tickets.*,
        periods.period,
        cast(date_trunc(periods.period, tickets.opened_at) as date) as period_start
    from {{ ref('tickets') }} as tickets
    cross join (values ('month'), ('quarter'), ('year')) as periods (period)
    where
        tickets.agent_key is not null
        and tickets.opened_at is not null
        and not tickets.is_excluded

),

agents as (

    select
        agent_key,
        period,
        period_start,
        count(*) as ticket_count,
        sum(case when is_open then 1 else 0 end) as open_ticket_count,
        sum(case when reopened_count > 0 then 1 else 0 end) as reopened_ticket_count,
        median(first_reply_hours) as median_first_reply_hours,
        median(resolution_hours) as median_resolution_hours,
        sum(case when satisfaction in ('good', 'bad') then 1 else 0 end)
            as rating_count,
        sum(case when satisfaction = 'good' then 1 else 0 end) as good_count
    from tickets
    group by agent_key, period, period_start

)

select
    agent_key,
    period,
    period_start,
    ticket_count,
    cast(open_ticket_count as bigint) as open_ticket_count,
    cast(reopened_ticket_count as bigint) as reopened_ticket_count,
    cast(median_first_reply_hours as double) as median_first_reply_hours,
    cast(median_resolution_hours as double) as median_resolution_hours,
    cast(rating_count as bigint) as rating_count,
    cast(100 * good_count / nullif(rating_count, 0) as decimal(7, 2)) as csat,
    cast(
        100 * {{ wilson_bound('-', 'good_count', 'rating_count') }} as decimal(7, 2)
    ) as csat_low,
    cast(
        100 * {{ wilson_bound('+', 'good_count', 'rating_count') }} as decimal(7, 2)
    ) as csat_high
from agents
