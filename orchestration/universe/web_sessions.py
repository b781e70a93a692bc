"""Web sessions: on which device somebody came, from where, and what they did there.

Belongs here: what a session is, whoever tells of it. Does not belong here: the calls
that Segment makes of it (`segment.py`).
"""

from __future__ import annotations

import duckdb

from orchestration.universe.world import Chunk, Drop

_DEVICES = """
create table session_devices as
with

keyed as (

    select
        sessions.session_no,
        sessions.i,
        people.person_id,
        occurred_at,
        is_logged_in and users.i is not null as is_logged_in,
        occurred_at + to_seconds(delay + pace) as identified_at,
        device = 2 and visitor < 0 and u(household, 'tablet') < 0.25 as is_tablet,
        case
            when visitor >= 0 and kind = 2 then '{chunk}/visitor/' || visitor
            when visitor >= 0 then '{chunk}/bot/' || visitor
            -- A tablet on the sofa: its cookie belongs to the household.
            when device = 2 and u(household, 'tablet') < 0.25
                then '{chunk}/tablet/' || household
            else '{chunk}/cookie/' || sessions.i || '/' || device
        end as device_key
    from sessions
    left join people on sessions.i = people.i
    left join (
        select i from records where system = 'shopify' and copy = 0
    ) as users on sessions.i = users.i
    -- A call of it has been received.
    where occurred_at + to_seconds(delay) < timestamp '{until}'
        and occurred_at >= timestamp '{opens}'

)

select
    *,
    uuid_of(device_key, 'anonymous') as anonymous_id,
    is_tablet and min(i) over users <> max(i) over users as is_shared
from keyed
window users as (partition by device_key)
"""

_SESSIONS = """
create table web_sessions as
with

users as (

    select
        i,
        record_id as user_id,
        cast(to_json({{
            'email': meant_email, 'phone': phone, 'firstName': given, 'lastName': family
        }}) as varchar) as traits
    from records
    where system = 'shopify' and copy = 0

),

named as (

    select
        sessions.* exclude (is_logged_in),
        coalesce(people.locale, 'en-US') as locale,
        coalesce(people.time_zone, 'America/New_York') as time_zone,
        coalesce(people.country, 'United States') as country,
        people.city,
        people.company,
        user_id,
        traits,
        keyed.is_logged_in,
        device_key,
        anonymous_id,
        case
            when sessions.mail_campaign >= 0 then 'klaviyo'
            else utm_source
        end as source,
        if(sessions.mail_campaign >= 0, 'email', utm_medium) as medium,
        if(sessions.mail_campaign >= 0, mail_campaign_utm(sessions.mail_campaign),
            utm_campaign) as campaign
    from sessions
    inner join session_devices as keyed using (session_no)
    left join people on sessions.i = people.i
    left join users on sessions.i = users.i
    left join ad_campaigns on sessions.ad_campaign = ad_campaigns.a
    where sessions.occurred_at >= timestamp '{since}' - interval 4 day

)

select
    *,
    device = 1 and session_no % 2 = 0 and kind < 2 as is_app,
    substr(to_json({{
        'ip': '203.0.' || (session_no % 113) || '.' || (session_no // 113 % 254 + 1),
        'userAgent': case
            when kind = 3 then
                'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'
            when device = 0 then 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) '
                || 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0 Safari/537.36'
            when device = 1 then 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_5 like Mac'
                || ' OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
            else 'Mozilla/5.0 (iPad; CPU OS 19_4 like Mac OS X) AppleWebKit/605.1.15'
        end,
        'locale': locale,
        'timezone': time_zone,
        'campaign': if(
            campaign is null, null,
            {{'source': source, 'medium': medium, 'name': campaign}}
        ),
        'device': if(device = 1, {{
            'id': uuid_of(device_key, 'phone'),
            'type': 'ios',
            'manufacturer': 'Apple',
            'model': 'iPhone18,1',
            'advertisingId': uuid_of(device_key, 'ad')
        }}, null),
        'location': {{'country': country, 'city': city}},
        'library': {{'name': 'analytics.js', 'version': '2.11.1'}}
    }}), 2) as context_tail,
    coalesce('?utm_source=' || source || '&utm_medium=' || medium || '&utm_campaign='
        || campaign, '') as query,
    ['page']
    || if(is_logged_in, ['identify', 'Signed In'], [])
    || if(is_logged_in and session_no % 40 = 0, ['alias'], [])
    || if(is_logged_in and session_no % 60 = 0, ['group'], [])
    || if(depth = 4 and kind = 0, ['Products Searched'], [])
    || list_resize(['Product Viewed'], views, 'Product Viewed')
    || if(depth >= 2, ['Product Added'], [])
    || if(depth = 3, ['Product Removed'], [])
    || if(depth >= 4, ['Cart Viewed', 'Checkout Started'], [])
    || if(kind = 1, ['Order Completed'], []) as steps
from named
"""


def create_web_sessions(
    con: duckdb.DuckDBPyConnection, chunk: Chunk, drop: Drop
) -> None:
    """Create the tables session_devices and web_sessions of what this drop may tell."""
    # Nobody has seen what newcomers did before the first of the later days.
    is_new = chunk.first >= drop.world.customers
    opens = drop.world.end if is_new else drop.world.start
    con.execute(_DEVICES.format(chunk=chunk.number, opens=opens, until=drop.until))
    con.execute(_SESSIONS.format(since=drop.since))
