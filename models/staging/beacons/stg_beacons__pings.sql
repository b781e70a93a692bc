with

source as (

    select * from {{ raw_rows('beacons', 'pings') }}

),

renamed as (

    select
        ping_id,
        device_id,
        advertising_id,
        lower(platform) as platform,
        store_id,
        zone,
        latitude,
        longitude,
        rssi,
        pinged_at,
        dwell_seconds,
        loyalty_id,
        coalesce(lower(app_event), 'seen') as app_event,
        source_row,
        _loaded_at

    from source

)

select * from renamed
