"""Web orders: what was bought in the shop, and what it cost.

Belongs here: an order, whoever tells of it. Does not belong here: the order as Shopify
tells it (`shopify_orders.py`).
"""

from __future__ import annotations

import duckdb

_WEB_ORDERS = """
create table web_lines as
with

priced as (

    select
        order_items.*,
        shelf.* exclude (product),
        price * quantity as amount,
        has_discount
    from order_items
    inner join orders using (order_no)
    inner join (select i, price_level from people) as people using (i)
    inner join shelf using (product, price_level)

)

select
    *,
    if(has_discount, round(amount * 0.1, 2), 0.0) as discount,
    round((amount - if(has_discount, round(amount * 0.1, 2), 0.0)) * 0.08, 2) as tax
from priced;

create table web_orders as
with

totals as (

    select
        order_no,
        sum(amount) as gross,
        sum(discount) as discount,
        sum(tax) as tax,
        any_value(price_level) as price_level,
        max(amount - discount + tax) filter (where line_no = 1) as first_line
    from web_lines
    group by order_no

)

select
    orders.* exclude (occurred_at, is_refunded, is_partial),
    orders.occurred_at as placed_at,
    is_refunded and not is_cancelled as is_refunded,
    is_partial and line_count > 1 as is_partial,
    gross,
    discount,
    tax,
    price_level,
    if(gross < 60 * price_level, shelf_price(4.9, price_level), 0.0) as shipping,
    gross - discount + tax + shipping as total,
    if(orders.is_partial and line_count > 1, first_line, gross - discount + tax)
        as refunded,
    orders.occurred_at + to_hours(20 + cast(floor(u_status * 60) as integer))
        as fulfilled_at,
    orders.occurred_at + to_hours(150 + cast(floor(u_status * 300) as integer))
        as refunded_at,
    orders.occurred_at + to_minutes(20 + cast(floor(u_status * 900) as integer))
        as cancels_at,
    case
        when mail_campaign >= 0 then 'https://shop.example.com/?utm_source=klaviyo'
            || '&utm_medium=email&utm_campaign=' || mail_campaign_utm(mail_campaign)
        when ad_campaign >= 0 then 'https://shop.example.com/?utm_source='
            || utm_source || '&utm_medium=' || utm_medium || '&utm_campaign='
            || utm_campaign
        else 'https://shop.example.com/'
    end as landing_site
from orders
inner join totals using (order_no)
left join ad_campaigns on orders.ad_campaign = ad_campaigns.a
"""


def create_web_orders(con: duckdb.DuckDBPyConnection) -> None:
    """Create `web_orders` and `web_lines`: orders with money, dates and campaign."""
    con.execute(_WEB_ORDERS)
