"""What every chunk shares: products, stores, campaigns, companies, and the calendar.

These tables are the same in every chunk; their files come with the first one.
"""

from __future__ import annotations

import duckdb
import numpy as np

from orchestration.universe.arrays import DAY, register
from orchestration.universe.engagement import campaign_send_times
from orchestration.universe.macros import data_file
from orchestration.universe.people import company_count
from orchestration.universe.purchases import horizon
from orchestration.universe.world import World

_TABLES = """
create table products as
with

styles (style, brand) as (

    values
        ('Classic', 'Fjordline'),
        ('Compact', 'Oakmere'),
        ('Premium', 'Atelier Nord'),
        ('Everyday', 'Fjordline'),
        ('Limited', 'Marlowe & Co')

),

priced as (

    select
        category,
        style || ' ' || product as title,
        brand,
        row_number() over (order by category, product, style) as n,
        round(
            lowest_price + (highest_price - lowest_price)
            * u(style || ' ' || product, 'price') ** 2
        ) + 0.9 as price
    from read_csv('{products}')
    cross join styles

)

select
    row_number() over (order by price, n) - 1 as product,
    cast(8100000000000 + n * 32 as varchar) as product_id,
    cast(44000000000000 + n * 32 as varchar) as variant_id,
    printf('SKU-%s-%04d', upper(left(category, 2)), n) as sku,
    '4059625' || lpad(cast(n * 7 as varchar), 5, '0') as barcode_stem,
    category,
    title,
    brand,
    price
from priced
order by product;

create table shelf as
select
    products.* replace (shelf_price(price, price_level) as price),
    price_level
from products
cross join (select distinct price_level from countries);

create table stores as
select
    row_number() over (order by cities.country_code, rank) - 1 as store,
    printf('S%03d', row_number() over (order by cities.country_code, rank)) as store_id,
    cities.country_code,
    city,
    region,
    postal_prefix,
    round(cast(latitude as double) + 0.02 * (u(city, 'lat') - 0.5), 5) as latitude,
    round(cast(longitude as double) + 0.02 * (u(city, 'lon') - 0.5), 5) as longitude,
    time_zone,
    date '2012-03-01' + cast(floor(u(city, 'opened') * 4000) as integer) as opened_on,
    '+' || calling_code
    || mobile(mobile_prefixes, room, lowest, cast(9000000 + rank as bigint))
        as store_phone
from cities
inner join countries on cities.country_code = countries.country_code
order by store;

create table companies as
select
    c,
    cast(7000000000 + c * 3 as varchar) as company_id,
    company_name(c) as name,
    company_domain(c) as domain,
    pick(['Logistics', 'Food & Beverages', 'Computer Software', 'Design',
        'Hospital & Health Care', 'Renewables & Environment', 'Retail', 'Textiles',
        'Media Production'], u(c, 'industry')) as industry,
    cast(round(5 * exp(5.5 * u(c, 'staff'))) as integer) as employees,
    pick(['New York', 'London', 'Berlin', 'Paris', 'Madrid', 'São Paulo'],
        u(c, 'company city')) as city,
    pick(['United States', 'United Kingdom', 'Germany', 'France', 'Spain', 'Brazil'],
        u(c, 'company city')) as country
from range({companies}) as t (c);

create macro campaign_theme(c) as
    ['New arrivals', 'Member offers', 'Staff picks', 'Season sale'][1 + c % 4];
create macro mail_campaign_id(c) as
    '01' || upper(left(md5(concat({seed}, 'campaign', c)), 24));
create macro mail_campaign_utm(c) as printf('newsletter-%03d', c + 1);
create macro order_id(order_no) as cast(5200000000000 + order_no * 32 as varchar);
create macro ticket_id(ticket_no) as cast(1000 + ticket_no as varchar);

create table ad_campaigns as
select
    a,
    [
        'google_ads', 'meta_ads', 'tiktok_ads'
    ][1 + a % 3] as platform,
    cast(20000000000 + a * 7919 as varchar) as campaign_id,
    ['search', 'social', 'video', 'display', 'social', 'social'][1 + a % 6]
        as channel_type,
    ['google', 'facebook', 'tiktok'][1 + a % 3] as utm_source,
    ['cpc', 'paid_social', 'video', 'display', 'paid_social', 'paid_social'][1 + a % 6]
        as utm_medium,
    'q' || (1 + a // 6) || '-'
    || ['brand', 'prospecting', 'launch', 'retargeting', 'lookalike', 'creators'][
        1 + a % 6
    ]
        as utm_campaign,
    date '{start}' + cast(91 * (a // 6) as integer) as start_date,
    date '{start}' + cast(91 * (a // 6) + 90 as integer) as end_date
from range({ads}) as t (a);
"""


def create_reference(con: duckdb.DuckDBPyConnection, world: World) -> np.ndarray:
    """Create the shared tables; return the product prices, ascending."""
    start, _, stop = horizon(world)
    con.execute(
        _TABLES.format(
            seed=world.seed,
            products=data_file("products.csv"),
            companies=company_count(world),
            start=world.start.date(),
            ads=6 * int((stop - start) // (91 * DAY) + 1),
        )
    )
    sends = campaign_send_times(world)
    register(con, "mail_campaigns", {"c": np.arange(len(sends)), "occurred_at": sends})
    prices = con.execute("select price from products order by product").fetchnumpy()
    return prices["price"].astype("float64")
