with

sessions as (

    select
        customer_id,
        count(*) as session_count,
        count(*) filter (where channel = 'app') as app_session_count,
        count(distinct device_record_key) as device_count,
        max(started_at) as last_session_at,
        {{ latest('channel', 'started_at', 'session_id') }} as last_session_channel
    from {{ ref('sessions') }}
    group by customer_id

),

stages as (

    select
        customer_id,
        step as journey_stage,
        entered_at as journey_stage_since
    from {{ ref('journeys') }}
    where kind = 'stage' and left_at is null

),

next_steps as (

    select * from {{ ref('next_steps') }}
    where place = 1

)

select
    people.customer_id,

    coalesce(sessions.session_count, 0) as session_count,
    coalesce(sessions.app_session_count, 0) as app_session_count,
    coalesce(sessions.device_count, 0) as device_count,
    sessions.last_session_at,
    sessions.last_session_channel,

    stages.journey_stage,
    stages.journey_stage_since,
    next_steps.next_stage as next_likely_stage,
    next_steps.share as next_likely_stage_share
from {{ ref('golden_record') }} as people
left join sessions on people.customer_id = sessions.customer_id
left join stages on people.customer_id = stages.customer_id
left join next_steps on stages.journey_stage = next_steps.stage
