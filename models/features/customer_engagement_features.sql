{{ config(materialized='sliced', unique_key='customer_id') }}

with

cut_off as (

    select as_of from {{ ref('core__as_of') }}

),

interactions as (

    select
        interactions.customer_id,
        interactions.occurred_at
    from {{ with_customer(
        ref('core__interactions'),
        at='occurred_at',
        device='device_record_key',
        by='customer_id',
        until=['occurred_at']
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

hours as (

    select
        customer_id,
        local_hour,
        row_number() over (
            partition by customer_id
            order by sum(acts) desc, local_hour
        ) as place
    from {{ sliced(ref('customer_hours'), by='customer_id') }}
    group by customer_id, local_hour

)

select
    totals.customer_id,
    totals.interaction_count,
    totals.first_interaction_at,
    totals.last_interaction_at,
    hours.local_hour as preferred_contact_hour
from totals
left join hours
    on
        totals.customer_id = hours.customer_id
        and hours.place = 1
