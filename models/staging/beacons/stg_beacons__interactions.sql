{{ config(materialized='tracked') }} {#- core__interactions is read by slices -#}

with

pings as (

    select * from {{ ref('stg_beacons__pings') }}
    where
        device_id is not null
        and store_id is not null
        and pinged_at is not null

),

followed as (

    select
        *,
        lag(pinged_at) over (
            partition by device_id, store_id
            order by pinged_at, source_row
        ) as previous_pinged_at

    from pings

),

-- Thirty minutes without a ping end a visit, as they end a session on the web.
started as (

    select
        *,
        previous_pinged_at is null
        or previous_pinged_at <= pinged_at - interval 30 minute as is_start

    from followed

),

numbered as (

    select
        *,
        sum(case when is_start then 1 else 0 end) over (
            partition by device_id, store_id
            order by pinged_at, source_row
            rows between unbounded preceding and current row
        ) as visit_number

    from started

),

visits as (

    select
        device_id,
        store_id,
        max(case when is_start then ping_id end) as first_ping_id,
        min(pinged_at) as started_at,
        max(pinged_at) as last_pinged_at,
        min(loyalty_id) as loyalty_id,
        -- Of integers, so that the order of pings does not show in the last digit.
        round(avg(cast(round(latitude * 1e6) as bigint))) / 1e6 as latitude,
        round(avg(cast(round(longitude * 1e6) as bigint))) / 1e6 as longitude,
        count(*) as ping_count,
        count(distinct zone) as zone_count,
        sum(dwell_seconds) as dwell_seconds

    from numbered
    group by device_id, store_id, visit_number

)

select
    'beacons:visit:' || first_ping_id as interaction_id,
    {{ record_key('beacons', 'member', 'loyalty_id') }} as record_key,
    {{ record_key('beacons', 'device', 'device_id') }} as device_record_key,
    'beacons' as source_system,
    started_at as occurred_at,
    'inbound' as direction,
    'store' as channel,
    'store_visited' as interaction_type,
    latitude,
    longitude,
    {{ json_object({
        'store_key': "'pos:store:' || store_id",
        'last_seen_at': 'cast(last_pinged_at as varchar)',
        'ping_count': 'ping_count',
        'zone_count': 'zone_count',
        'dwell_seconds': 'dwell_seconds',
    }) }} as attributes,
    {{ unstated_columns('interactions', [
        'subject', 'body', 'product_key', 'order_key', 'campaign_key', 'url',
        'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_id',
    ]) }}
from visits
