with

stages as (

    select
        step as stage,
        next_stage,
        {{ hours_between('entered_at', 'left_at') }} / 24 as days
    from {{ ref('journeys') }}
    where kind = 'stage'

),

transitions as (

    select
        stage,
        next_stage,
        count(*) as transition_count,
        median(days) as median_days
    from stages
    where next_stage is not null
    group by stage, next_stage

),

entered as (

    select
        stage,
        count(*) as entry_count,
        count(next_stage) as left_count
    from stages
    group by stage

)

select
    entered.stage,
    transitions.next_stage,
    cast(row_number() over (
        partition by entered.stage
        order by transitions.transition_count desc, transitions.next_stage asc
    ) as integer) as place,
    entered.entry_count,
    entered.left_count,
    transitions.transition_count,
    cast(
        transitions.transition_count / entered.left_count as decimal(7, 4)
    ) as share,
    cast(
        {{ wilson_bound('-', 'transitions.transition_count', 'entered.left_count') }}
        as decimal(7, 4)
    ) as share_low,
    cast(
        {{ wilson_bound('+', 'transitions.transition_count', 'entered.left_count') }}
        as decimal(7, 4)
    ) as share_high,
    cast(transitions.median_days as double) as median_days
from entered
inner join transitions on entered.stage = transitions.stage
