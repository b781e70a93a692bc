with

pings as (

    select
        *,
        case when app_event <> 'logout' then loyalty_id end as signed_in_id,
        row_number() over (
            partition by device_id
            order by pinged_at, source_row
        ) = 1 as is_first

    from {{ ref('stg_beacons__pings') }}
    where device_id is not null

),

-- A ping without a member does not say that the device has changed hands.
telling as (

    select
        *,
        lag(signed_in_id) over (
            partition by device_id
            order by pinged_at, source_row
        ) as previous_signed_in_id

    from pings
    where
        is_first
        or loyalty_id is not null

)

select
    {{ record_key('beacons', 'device', 'device_id') }} as device_record_key,
    {{ record_key('beacons', 'member', 'loyalty_id') }} as record_key,
    pinged_at as observed_at,
    app_event as kind,
    source_row
from telling
where
    is_first
    or signed_in_id is distinct from previous_signed_in_id
