with

visits as (

    select
        *,
        {{ json_text('attributes', 'store_key') }} as store_key,
        coalesce(
            cast({{ json_text('attributes', 'last_seen_at') }} as timestamp),
            occurred_at
        ) as last_seen_at,
        cast({{ json_text('attributes', 'zone_count') }} as integer) as zone_count,
        cast({{ json_text('attributes', 'dwell_seconds') }} as integer)
            as dwell_seconds
    from {{ ref('interactions') }}
    where interaction_type = 'store_visited'

),

-- Whoever pays on the way out is last seen before: the till is past the shelves.
bought as (

    select
        visits.interaction_id,
        count(*) as order_count,
        sum(orders.revenue_reporting) as revenue_reporting
    from visits
    inner join {{ ref('orders') }} as orders
        on
            visits.customer_id = orders.customer_id
            and visits.store_key = orders.store_key
            and visits.occurred_at <= orders.ordered_at
            and visits.last_seen_at + interval 30 minute > orders.ordered_at
    where orders.is_sale
    group by visits.interaction_id

)

select
    visits.interaction_id as visit_id,
    visits.customer_id,
    visits.is_excluded,
    visits.record_key,
    visits.device_record_key,
    visits.store_key,
    stores.name as store_name,

    visits.occurred_at as started_at,
    visits.last_seen_at,
    visits.dwell_seconds,
    visits.zone_count,
    visits.latitude,
    visits.longitude,

    cast(coalesce(bought.order_count, 0) as integer) as order_count,
    cast(coalesce(bought.revenue_reporting, 0) as decimal(18, 2)) as revenue_reporting
from visits
left join {{ ref('core__stores') }} as stores on visits.store_key = stores.store_key
left join bought on visits.interaction_id = bought.interaction_id
