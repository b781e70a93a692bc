with

stages as (

    select
        stages.stage_number,
        stages.stage
    from (
        values
        (1, 'visit'),
        (2, 'product viewed'),
        (3, 'cart'),
        (4, 'checkout'),
        (5, 'order')
    ) as stages (stage_number, stage)

),

sessions as (

    select
        cast(date_trunc('month', started_at) as date) as month,
        channel,
        case
            when has_order then 5
            when has_checkout then 4
            when has_cart then 3
            when has_product_view then 2
            else 1
        end as reached
    from {{ ref('sessions') }}
    where not is_excluded

),

cells as (

    select
        month,
        channel,
        count(*) as all_count
    from sessions
    group by month, channel

),

reached as (

    select
        cells.month,
        cells.channel,
        stages.stage_number,
        stages.stage,
        cells.all_count,
        count(sessions.reached) as session_count
    from cells
    cross join stages
    left join sessions
        on
            cells.month = sessions.month
            and cells.channel = sessions.channel
            and stages.stage_number <= sessions.reached
    group by
        cells.month,
        cells.channel,
        stages.stage_number,
        stages.stage,
        cells.all_count

),

followed as (

    select
        *,
        lag(session_count) over (
            partition by month, channel
            order by stage_number
        ) as previous_count
    from reached

)

select
    month,
    channel,
    cast(stage_number as integer) as stage_number,
    stage,
    session_count,
    cast(session_count / all_count as decimal(7, 4)) as share_of_visits,
    cast(session_count / nullif(previous_count, 0) as decimal(7, 4))
        as share_of_previous,
    cast(
        {{ wilson_bound('-', 'session_count', 'previous_count') }} as decimal(7, 4)
    ) as share_of_previous_low,
    cast(
        {{ wilson_bound('+', 'session_count', 'previous_count') }} as decimal(7, 4)
    ) as share_of_previous_high
from followed
