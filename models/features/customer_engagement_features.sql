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

hours as (

    select
        customer_id,
        extract(hour from occurred_at) as contact_hour,
        row_number() over (
            partition by customer_id
            order by count(*) desc, extract(hour from occurred_at)
        ) as place
    from interactions
    where is_own_act
    group by customer_id, extract(hour from occurred_at)

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
