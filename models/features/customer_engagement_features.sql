with

cut_off as (

    select as_of from {{ ref('core__as_of') }}

),

interactions as (

    select
        interactions.*,
        -- Opens are left out: mail programs open messages at hours of their own.
        interactions.direction = 'inbound'
        and interactions.interaction_type <> 'opened' as is_own_act
    from {{ with_customer(
        ref('core__interactions'), at='occurred_at', device='device_record_key'
    ) }} as interactions
    inner join cut_off on interactions.occurred_at <= cut_off.as_of
    where interactions.customer_id is not null

),

totals as (

    select
        customer_id,
        count(*) as interaction_count,
        min(occurred_at) as first_interaction_at,
        max(occurred_at) as last_interaction_at
    from interactions
    group by customer_id

),

acts as (

    select
        interactions.customer_id,
        interactions.occurred_at,
        cast(interactions.occurred_at as date) as occurred_on,
        people.time_zone
    from interactions
    left join {{ ref('golden_record') }} as people
        on interactions.customer_id = people.customer_id
    where interactions.is_own_act

),

-- Zones are looked up per day, not per act: a few thousand times, not millions.
zone_days as (

    select distinct
        time_zone,
        occurred_on,
        cast(occurred_on as timestamp) as midnight
    from acts
    where time_zone is not null

),

shifts as (

    select
        time_zone,
        occurred_on,
        {{ local_time('midnight', 'time_zone') }} - midnight as shift
    from zone_days

),

timed as (

    select
        acts.customer_id,
        extract(
            hour from coalesce(acts.occurred_at + shifts.shift, acts.occurred_at)
        ) as contact_hour
    from acts
    left join shifts
        on
            acts.time_zone = shifts.time_zone
            and acts.occurred_on = shifts.occurred_on

),

hours as (

    select
        customer_id,
        contact_hour,
        row_number() over (
            partition by customer_id
            order by count(*) desc, contact_hour
        ) as place
    from timed
    group by customer_id, contact_hour

)

select
    totals.customer_id,
    totals.interaction_count,
    totals.first_interaction_at,
    totals.last_interaction_at,
    cast(hours.contact_hour as integer) as preferred_contact_hour
from totals
left join hours
    on
        totals.customer_id = hours.customer_id
        and hours.place = 1
