"""Segment: the stream of calls of web and app, as archived (gzipped JSON lines).

A session becomes a row per call: page views, products viewed, and as far down the
funnel as the visitor went; a log-in is an identify call.
"""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

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

_CALLS = """
create table product_texts as
select
    product,
    category,
    variant_id,
    cast(to_json({
        'product_id': product_id,
        'variant': variant_id,
        'sku': sku,
        'name': title,
        'category': category,
        'price': price,
        'quantity': 1,
        'currency': 'USD'
    }) as varchar) as product_json
from products;

create table order_texts as
select
    order_no,
    concat('{"products":[', joined_lines(line_no, to_json({
        'product_id': product_id,
        'sku': sku,
        'name': title,
        'category': category,
        'price': price,
        'quantity': quantity
    })), '],', substr(to_json({
        'order_id': order_id(order_no),
        'total': money(any_value(total)),
        'revenue': money(any_value(web_orders.gross - web_orders.discount)),
        'tax': money(any_value(web_orders.tax)),
        'shipping': money(any_value(shipping)),
        'currency': any_value(currency)
    }), 2)) as order_json
from web_orders
inner join web_lines using (order_no)
inner join people on web_orders.i = people.i
where order_no in (select order_no from web_sessions)
group by order_no
union all
-- A session without an order.
select -1, null
"""

# In order while rows are narrow: with the texts of all calls it takes 400 MB. What is
# joined to them later finds one row each, and so keeps the order.
_STEPS = """
create table web_calls as
with

steps as (

    select
        * exclude (steps),
        unnest(steps) as step,
        unnest(range(1, len(steps) + 1)) as n
    from web_sessions

)

select
    session_no,
    n,
    step,
    if(step = 'page', if(is_app, 'screen', 'page'), step) as call,
    cast(floor(u_product * 240) + n * 17 as integer) % 240 as product,
    occurred_at + to_seconds(cast((n - 1) * pace as integer)) as called_at,
    called_at + to_seconds(cast(delay as integer)) as received_at
from steps
where received_at >= timestamp '{since}' and received_at < timestamp '{until}'
order by session_no, n
"""

# What the calls of a session have in common stands together, which packs faster.
_EVENTS = """
with

calls as (

    select
        *,
        case
            when step = 'page' then '/' || query
            when step = 'Products Searched' then '/search'
            when step in ('Cart Viewed', 'Checkout Started') then '/cart'
            when step = 'Order Completed' then '/thank-you'
            else '/products/' || product
        end as path
    from web_calls
    inner join web_sessions using (session_no)

)

select
    concat('ajs-next-', session_no, '-', n) as "messageId",
    if(call in ('page', 'screen', 'identify', 'alias', 'group'), call, 'track') as type,
    if(call in ('page', 'screen', 'identify', 'alias', 'group'), null, step) as event,
    if(step = 'page', 'Home', null) as name,
    if(step = 'page', 'Storefront', null) as category,
    iso_ms(called_at) as "timestamp",
    iso_ms(called_at) as "sentAt",
    iso_ms(received_at) as "receivedAt",
    iso_ms(called_at) as "originalTimestamp",
    anonymous_id as "anonymousId",
    if(is_logged_in and n > 1, user_id, null) as "userId",
    if(step = 'alias', anonymous_id, null) as "previousId",
    if(step = 'group', cast(7000000000 + company * 3 as varchar), null) as "groupId",
    if(is_app, 'mobile', 'browser') as channel,
    '{{"All":true}}' as integrations,
    concat(
        '{{"page":{{"url":"https://shop.example.com', path, '","path":"',
        split_part(path, '?', 1), '","referrer":"","title":"Fjordline","search":"',
        if(step = 'page', query, ''), '"}},', context_tail
    ) as context,
    case step
        when 'identify' then traits
        when 'group' then concat('{{"name":"', company_name(company), '"}}')
    end as traits,
    case
        when step in ('identify', 'alias', 'group') then null
        when step in ('page', 'Signed In') then '{{}}'
        when step = 'Order Completed' then order_json
        when step = 'Products Searched'
            then concat('{{"query":"', lower(category), '"}}')
        when step in ('Cart Viewed', 'Checkout Started')
            then concat('{{"products":[', product_json, ']}}')
        else product_json
    end as properties,
    '2' as version
from calls
inner join product_texts using (product)
inner join order_texts using (order_no)
"""

_JSON_TEXT = ("context", "traits", "properties", "integrations")
_PLAIN = ("userId", "previousId", "groupId", "event", "name", "category")
_FILLED = (
    "messageId", "type", "timestamp", "sentAt", "originalTimestamp", "receivedAt",
    "anonymousId", "channel",
)  # fmt: skip


def write_segment(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write the calls that were received in this drop, late ones among them."""
    window = {"since": drop.since, "until": drop.until}
    # Nobody has seen what newcomers did before the first of the later days.
    is_new = landing.chunk.first >= drop.world.customers
    opens = drop.world.end if is_new else drop.world.start
    con.execute(_DEVICES.format(chunk=landing.chunk.number, opens=opens, **window))
    con.execute(_SESSIONS.format(**window))
    con.execute(_CALLS)
    con.execute(_STEPS.format(**window))
    landing.jsonl(
        con,
        "segment",
        "events",
        _EVENTS.format(),
        extension="jsonl.gz",
        json_text=_JSON_TEXT,
        plain=_PLAIN,
        filled=_FILLED,
    )
