{{ config(materialized='sliced', unique_key='customer_id') }}

with

cut_off as (

    select as_of from {{ ref('core__as_of') }}

),

-- Opens are left out: mail programs open messages at hours of their own.
acts as (

    select
        interactions.customer_id,
        interactions.channel,
        interactions.occurred_at,
        cast(interactions.occurred_at as date) as occurred_on,
        people.time_zone
    from {{ with_customer(
        ref('core__interactions'),
        at='occurred_at',
        device='device_record_key',
        by='customer_id',
        until=['occurred_at']
    ) }} as interactions
    inner join cut_off on interactions.occurred_at <= cut_off.as_of
    left join {{ sliced(
        ref('golden_record'), by='customer_id', columns=['customer_id', 'time_zone']
    ) }} as people
        on interactions.customer_id = people.customer_id
    left join {{ sliced(ref('restricted_customers'), by='customer_id') }} as restricted
        on interactions.customer_id = restricted.customer_id
    where
        interactions.customer_id is not null
        and restricted.customer_id is null
        and interactions.direction = 'inbound'
        and interactions.interaction_type <> 'opened'

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
        acts.channel,
        acts.occurred_on,
        cast(extract(
            hour from coalesce(acts.occurred_at + shifts.shift, acts.occurred_at)
        ) as integer) as local_hour
    from acts
    left join shifts
        on
            acts.time_zone = shifts.time_zone
            and acts.occurred_on = shifts.occurred_on

)

select
    customer_id,
    channel,
    occurred_on,
    local_hour,
    cast(count(*) as integer) as acts
from timed
group by customer_id, channel, occurred_on, local_hour
