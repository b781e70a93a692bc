with

stages as (

    select
        stages.stage,
        stages.stage_number
    from (
        values
        ('awareness', 1),
        ('interest', 2),
        ('consideration', 3),
        ('intent', 4),
        ('purchase', 5),
        ('retention', 6),
        ('advocacy', 7)
    ) as stages (stage, stage_number)

),

-- A first sale is a purchase, one after it is retention; only who recommends us, or is
-- satisfied, speaks for us by answering.
touches as (

    select
        customer_id,
        occurred_at as happened_at,
        funnel_stage as stage
    from {{ ref('interactions') }}
    where
        direction = 'inbound'
        and interaction_type not in ('order_placed', 'survey_answered')

    union all

    select
        customer_id,
        ordered_at as happened_at,
        case when customer_order_number = 1 then 'purchase' else 'retention' end
            as stage
    from {{ ref('orders') }}
    where is_sale

    union all

    select
        customer_id,
        answered_at as happened_at,
        'advocacy' as stage
    from {{ ref('survey_responses') }}
    where nps_group = 'promoter' or is_satisfied

),

-- A day counts as the furthest stage that it reached: whoever opens a page on the way
-- to an order is not back at awareness.
days as (

    select
        touches.customer_id,
        touches.stage,
        touches.happened_at
    from touches
    inner join stages on touches.stage = stages.stage
    qualify row_number() over (
        partition by touches.customer_id, cast(touches.happened_at as date)
        order by stages.stage_number desc, touches.happened_at asc
    ) = 1

),

followed as (

    select
        *,
        lag(stage) over (partition by customer_id order by happened_at)
            as previous_stage
    from days

),

entries as (

    select
        customer_id,
        'stage' as kind,
        stage as step,
        happened_at as entered_at
    from followed
    where previous_stage is null or stage <> previous_stage

    union all

    select
        customer_id,
        'moment' as kind,
        moment as step,
        happened_at as entered_at
    from {{ ref('moments_of_truth') }}

)

select
    entries.customer_id,
    cast(row_number() over (
        partition by entries.customer_id
        order by entries.entered_at asc, entries.kind desc, entries.step asc
    ) as integer) as step_number,
    entries.kind,
    entries.step,
    cast(row_number() over (
        partition by entries.customer_id, entries.step
        order by entries.entered_at
    ) as integer) as occurrence,
    entries.entered_at,
    case
        when entries.kind = 'stage'
            then lead(entries.entered_at) over (
                partition by entries.customer_id, entries.kind
                order by entries.entered_at
            )
    end as left_at,
    case
        when entries.kind = 'stage'
            then lead(entries.step) over (
                partition by entries.customer_id, entries.kind
                order by entries.entered_at
            )
    end as next_stage
from entries
inner join {{ ref('golden_record') }} as identified
    on entries.customer_id = identified.customer_id
inner join {{ ref('core__as_of') }} as cut_off on entries.entered_at <= cut_off.as_of
