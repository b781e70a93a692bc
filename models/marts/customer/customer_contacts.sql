with

tickets as (

    select
        customer_id,
        count(*) as ticket_count,
        count(*) filter (where is_open) as open_ticket_count,
        count(*) filter (where channel = 'phone') as call_count,
        max(opened_at) as last_ticket_at
    from {{ ref('tickets') }}
    group by customer_id

),

visits as (

    select
        customer_id,
        count(*) as store_visit_count,
        max(started_at) as last_store_visit_at,
        {{ latest('store_name', 'started_at', 'visit_id') }} as last_store_name
    from {{ ref('store_visits') }}
    group by customer_id

),

refunds as (

    select
        customer_id,
        count(*) as refund_count,
        sum(amount_reporting) as refunded_reporting,
        max(refunded_at) as last_refund_at
    from {{ ref('refunds') }}
    where is_given_back
    group by customer_id

),

subscriptions as (

    select
        customer_id,
        count(*) as subscription_count,
        count(*) filter (where is_running) as running_subscription_count
    from {{ ref('subscriptions') }}
    group by customer_id

)

select
    people.customer_id,

    coalesce(tickets.ticket_count, 0) as ticket_count,
    coalesce(tickets.open_ticket_count, 0) as open_ticket_count,
    coalesce(tickets.call_count, 0) as call_count,
    tickets.last_ticket_at,

    coalesce(visits.store_visit_count, 0) as store_visit_count,
    visits.last_store_visit_at,
    visits.last_store_name,

    coalesce(refunds.refund_count, 0) as refund_count,
    cast(coalesce(refunds.refunded_reporting, 0) as decimal(18, 2))
        as refunded_reporting,
    refunds.last_refund_at,

    coalesce(subscriptions.subscription_count, 0) as subscription_count,
    coalesce(subscriptions.running_subscription_count, 0) as running_subscription_count
from {{ ref('golden_record') }} as people
left join tickets on people.customer_id = tickets.customer_id
left join visits on people.customer_id = visits.customer_id
left join refunds on people.customer_id = refunds.customer_id
left join subscriptions on people.customer_id = subscriptions.customer_id
