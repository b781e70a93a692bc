"""Segment: the stream of calls of web and app, as archived (gzipped JSON lines).

A session becomes a row per call: page views, products viewed, and as far down the
funnel as the visitor went; a log-in is an identify call.
"""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.web_sessions import create_web_sessions
from orchestration.universe.world import Drop

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
    create_web_sessions(con, landing.chunk, drop)
    con.execute(_CALLS)
    con.execute(_STEPS.format(since=drop.since, until=drop.until))
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
