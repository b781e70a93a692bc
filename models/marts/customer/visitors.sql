with

visitors as (

    select
        customer_id,
        count(distinct record_key) as record_count
    from {{ ref('customer_records') }}
    where not is_identified and not is_excluded
    group by customer_id

),

seen as (

    select
        customer_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        count(*) as interaction_count
    from {{ ref('interactions') }}
    group by customer_id

),

sessions as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by started_at, session_id
        ) as session_number
    from {{ ref('sessions') }}

),

visits as (

    select
        customer_id,
        count(*) as session_count,
        sum(event_count) as event_count,
        max(case when session_number = 1 then entry_url end) as entry_url,
        max(case when session_number = 1 then utm_source end) as entry_utm_source,
        max(case when session_number = 1 then utm_medium end) as entry_utm_medium,
        max(case when session_number = 1 then campaign_key end) as entry_campaign_key,
        bool_or(has_cart) as has_cart
    from sessions
    group by customer_id

)

select
    visitors.customer_id as visitor_id,
    cast(visitors.record_count as integer) as record_count,
    seen.first_seen_at,
    seen.last_seen_at,
    coalesce(seen.interaction_count, 0) as interaction_count,
    cast(coalesce(visits.event_count, 0) as bigint) as event_count,
    coalesce(visits.session_count, 0) as session_count,
    visits.entry_url,
    visits.entry_utm_source,
    visits.entry_utm_medium,
    visits.entry_campaign_key,
    coalesce(visits.has_cart, false) as has_cart
from visitors
left join seen on visitors.customer_id = seen.customer_id
left join visits on visitors.customer_id = visits.customer_id
