"""Beacons: where the store app was heard, as Parquet files of pings."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

_PINGS = """
create table beacon_pings as
with

apps as (

    select
        i,
        record_id as loyalty_id,
        created_at,
        -- A family phone: the children's app lives on the head's device.
        if(member >= 2 and u(i, 'own phone') < 0.3, household, i) as device_owner
    from records
    inner join (select i, household, member from people) as people using (i)
    where system = 'pos' and copy = 0 and u(i, 'store app') < 0.3

),

trips as (

    select
        *,
        unnest(range(cast(floor(1 + 3 * u(i, 'trips')) as integer))) as trip
    from apps

),

steps as (

    select
        *,
        unnest(range(cast(
            2 + floor(3 * u(concat(i, '/', trip), 'zones')) as integer))) as step,
        moment(
            greatest(created_at, timestamp '{start}'),
            1 + u(concat(i, '/', trip), 'visited') * {span}
        ) as came_at
    from trips

)

select
    *,
    uuid_of(device_owner, 'app device') as device_id,
    concat(i, '/', trip, '/', step) as ping,
    came_at + to_seconds(cast(step * 180 as integer)) as pinged_at,
    step = 0 or u(concat(i, '/', trip), 'signed') < 0.6 as is_signed_in
from steps
"""

_FILE = """
select
    uuid_of(ping, 'ping') as ping_id,
    device_id,
    uuid_of(device_id, 'advertising') as advertising_id,
    if(u(device_id, 'platform') < 0.55, 'ios', 'android') as platform,
    store_id,
    ['entrance', 'coffee', 'kitchen', 'checkout', 'apparel'][1 + step % 5] as zone,
    round(latitude + 0.0004 * (u(ping, 'lat') - 0.5), 6) as latitude,
    round(longitude + 0.0004 * (u(ping, 'lon') - 0.5), 6) as longitude,
    cast(-45 - floor(45 * u(ping, 'rssi')) as integer) as rssi,
    pinged_at,
    cast(5 + floor(400 * u(ping, 'dwell') ** 2) as integer) as dwell_seconds,
    if(is_signed_in, loyalty_id, null) as loyalty_id,
    if(step = 0 and trip = 0, 'login', 'seen') as app_event
from beacon_pings
inner join home_stores using (i)
inner join (select store, latitude, longitude from stores) as places using (store)
where pinged_at >= timestamp '{since}' and pinged_at < timestamp '{until}'
order by pinged_at, ping_id
"""


def write_beacons(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write the pings of this drop."""
    con.execute(_PINGS.format(start=drop.world.start, span=drop.world.days + 90))
    pings = _FILE.format(since=drop.since, until=drop.until)
    landing.parquet(con, "beacons", "pings", pings)
