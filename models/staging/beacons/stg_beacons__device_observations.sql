with

pings as (

    select
        *,
        case when app_event <> 'logout' then loyalty_id end as signed_in_id

    from {{ ref('stg_beacons__pings') }}
    where device_id is not null

),

followed as (

    select
        *,
        lag(signed_in_id) over device as previous_signed_in_id,
        row_number() over device = 1 as is_first

    from pings
    window device as (
        partition by device_id
        order by pinged_at, source_row
    )

),

-- A device that stays with whom it was with says nothing new.
changes as (

    select * from followed
    where
        is_first
        or signed_in_id is distinct from previous_signed_in_id

)

select
    {{ record_key('beacons', 'device', 'device_id') }} as device_record_key,
    {{ record_key('beacons', 'member', 'loyalty_id') }} as record_key,
    pinged_at as observed_at,
    app_event as kind,
    source_row
from changes
