"""What every chunk shares: products, stores, campaigns, companies, and the calendar.

These tables are the same in every chunk; their files are written once per drop.
"""

from __future__ import annotations

import duckdb
import numpy as np

from orchestration.universe.arrays import DAY, register
from orchestration.universe.engagement import campaign_send_times
from orchestration.universe.landing import Landing
from orchestration.universe.people import company_count
from orchestration.universe.purchases import horizon
from orchestration.universe.world import Drop, World

_TABLES = """
create table products as
with

kinds (category, things, low, high) as (

    values
        ('Coffee', ['House Blend', 'Espresso Roast', 'Decaf', 'Single Origin', 'Cold Brew',
            'Filter Pack'], 6, 28),
        ('Kitchen', ['Chef Knife', 'Cast Iron Pan', 'Mixing Bowl', 'Spice Rack',
            'Kettle', 'Hand Blender'], 14, 160),
        ('Home', ['Wool Blanket', 'Table Lamp', 'Linen Sheet Set', 'Scented Candle',
            'Wall Clock', 'Cushion'], 12, 190),
        ('Outdoor', ['Rain Jacket', 'Hiking Pack', 'Trail Bottle', 'Two-Person Tent',
            'Head Torch', 'Camp Chair'], 15, 320),
        ('Apparel', ['Merino Sweater', 'Denim Shirt', 'Canvas Tote', 'Running Socks',
            'Wool Beanie', 'Linen Trousers'], 9, 140),
        ('Beauty', ['Hand Cream', 'Face Serum', 'Bath Salts', 'Shampoo Bar', 'Lip Balm',
            'Body Oil'], 4, 60),
        ('Kids', ['Building Blocks', 'Picture Book', 'Plush Bear', 'Puzzle', 'Crayon Set',
            'Scooter'], 5, 110),
        ('Tech', ['Desk Charger', 'Bluetooth Speaker', 'Reading Light', 'Cable Kit',
            'Smart Plug', 'Headphones'], 8, 280)

),

styles (style, brand) as (

    values ('Classic', 'Fjordline'), ('Compact', 'Oakmere'), ('Premium', 'Atelier Nord'),
        ('Everyday', 'Fjordline'), ('Limited', 'Marlowe & Co')

),

variants as (

    select
        category,
        style || ' ' || unnest(things) as title,
        brand,
        low,
        high
    from kinds
    cross join styles

),

priced as (

    select
        *,
        row_number() over (order by category, title) as n,
        round(low + (high - low) * u(title, 'price') ** 2, 0) + 0.9 as price
    from variants

)

select
    row_number() over (order by price, n) - 1 as product,
    cast(8100000000000 + n * 32 as varchar) as product_id,
    cast(44000000000000 + n * 32 as varchar) as variant_id,
    'SKU-' || upper(left(category, 2)) || '-' || lpad(cast(n as varchar), 4, '0') as sku,
    '4059625' || lpad(cast(n * 7 as varchar), 5, '0') as barcode_stem,
    category,
    title,
    brand,
    price
from priced
order by product;

create table stores as
select
    row_number() over (order by cities.country_code, rank) - 1 as store,
    'S' || lpad(cast(row_number() over (order by cities.country_code, rank) as varchar), 3, '0')
        as store_id,
    cities.country_code,
    city,
    region,
    postal_prefix,
    round(cast(latitude as double) + 0.02 * (u(city, 'lat') - 0.5), 5) as latitude,
    round(cast(longitude as double) + 0.02 * (u(city, 'lon') - 0.5), 5) as longitude,
    time_zone,
    date '2012-03-01' + cast(floor(u(city, 'opened') * 4000) as integer) as opened_on,
    '+' || calling_code || mobile(mobile_prefixes, room, lowest, 9000000 + cast(rank as bigint))
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
create macro mail_campaign_utm(c) as 'newsletter-' || lpad(cast(c + 1 as varchar), 3, '0');
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
    || ['brand', 'prospecting', 'launch', 'retargeting', 'lookalike', 'creators'][1 + a % 6]
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
            companies=company_count(world),
            start=world.start.date(),
            ads=6 * int((stop - start) // (91 * DAY) + 1),
        )
    )
    sends = campaign_send_times(world)
    register(con, "mail_campaigns", {"c": np.arange(len(sends)), "occurred_at": sends})
    prices = con.execute("select price from products order by product").fetchnumpy()
    return prices["price"].astype("float64")


def write_reference(
    con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop
) -> None:
    """Write the files that belong to no chunk of people."""
    window = {"since": drop.since, "until": drop.until}
    first_drop = drop.day is None
    landing.jsonl(con, "shopify", "products", _PRODUCTS.format(**window))
    landing.csv(con, "hubspot", "companies", _COMPANIES)
    landing.jsonl(con, "klaviyo", "campaigns", _MAIL_CAMPAIGNS.format(**window))
    landing.csv(con, "pos", "stores", _STORES)
    landing.csv(con, "ads", "campaigns", _AD_CAMPAIGNS.format(**window))
    landing.csv(
        con,
        "ads",
        "daily_performance",
        _DAILY.format(
            customers=drop.world.customers,
            # Platforms restate the last days, so each drop brings them again.
            since=drop.world.start if first_drop else drop.since,
            restated=0 if first_drop else 2,
            until=drop.until,
        ),
    )
    if first_drop:
        landing.csv(con, "demographics", "areas", _AREAS.format(end=drop.until))


_PRODUCTS = """
select
    product_id as id,
    title,
    category as product_type,
    brand as vendor,
    'active' as status,
    iso(timestamp '2023-01-09 08:00:00' + to_hours(cast(product * 31 as integer)))
        as created_at,
    iso(date_trunc('day', timestamp '{until}') - interval 5 hour) as updated_at,
    lower(category) || ', ' || lower(split_part(title, ' ', 1)) as tags,
    [{{
        'id': variant_id,
        'product_id': product_id,
        'title': 'Default Title',
        'sku': sku,
        'barcode': barcode_stem || (10 - list_sum(list_transform(
            range(1, 13),
            lambda k: cast(barcode_stem[k] as integer) * if(k % 2 = 0, 3, 1)
        )) % 10) % 10,
        'price': price_text(price),
        'inventory_quantity': cast(floor(u(sku, '{until}') * 400) as integer)
    }}] as variants
from products
order by product
"""

_COMPANIES = """
select
    company_id as "Record ID",
    name as "Company name",
    domain as "Company Domain Name",
    industry as "Industry",
    employees as "Number of Employees",
    city as "City",
    country as "Country/Region",
    strftime(
        timestamp '2022-02-01 09:00:00' + to_hours(cast(c % 20000 as integer)),
        '%Y-%m-%d %H:%M'
    ) as "Create Date"
from companies
order by c
"""

_MAIL_CAMPAIGNS = """
select
    'campaign' as type,
    mail_campaign_id(c) as id,
    {{
        'name': 'Newsletter ' || lpad(cast(c + 1 as varchar), 3, '0') || ': '
            || campaign_theme(c),
        'status': 'Sent',
        'archived': false,
        'audiences': {{'included': ['Y6nRLr'], 'excluded': ['UTd5ui']}},
        'send_options': {{'use_smart_sending': true}},
        'tracking_options': {{
            'is_add_utm': true,
            'utm_params': [
                {{'name': 'utm_medium', 'value': 'email'}},
                {{'name': 'utm_source', 'value': 'klaviyo'}},
                {{'name': 'utm_campaign', 'value': mail_campaign_utm(c)}}
            ]
        }},
        'created_at': iso(occurred_at - interval 4 day),
        'scheduled_at': iso(occurred_at - interval 1 day),
        'updated_at': iso(occurred_at + interval 1 hour),
        'send_time': iso(occurred_at),
        'channel': 'email'
    }} as attributes,
    {{'tags': {{'data': []}}}} as relationships,
    {{'self': 'https://a.klaviyo.com/api/campaigns/' || mail_campaign_id(c) || '/'}}
        as links
from mail_campaigns
where occurred_at < timestamp '{until}'
order by c
"""

_STORES = """
select
    store_id,
    'Fjordline ' || city as name,
    city,
    region,
    country_code,
    postal_code(country_code, postal_prefix, 1) as postal_code,
    latitude,
    longitude,
    time_zone,
    opened_on
from stores
order by store_id
"""

_AD_CAMPAIGNS = """
select
    platform,
    'acct-' || platform as account_id,
    campaign_id,
    upper(utm_campaign) || ' | ' || channel_type as campaign_name,
    ['conversions', 'awareness', 'traffic'][1 + a % 3] as objective,
    channel_type,
    if(end_date < timestamp '{until}', 'ended', 'active') as status,
    start_date,
    end_date,
    utm_source,
    utm_medium,
    utm_campaign
from ad_campaigns
where start_date < timestamp '{until}'
order by platform, campaign_id
"""

_DAILY = """
with

days as (

    select
        ad_campaigns.*,
        cast(unnest(generate_series(start_date, end_date, interval 1 day)) as date)
            as date
    from ad_campaigns

),

drawn as (

    select
        *,
        cast(round(
            (200 + {customers} / 10.0) * (0.5 + u(concat(a, date), 'impressions'))
        ) as bigint) as impressions,
        0.01 + 0.02 * u(concat(a, date), 'clicks') as rate
    from days

)

select
    date,
    platform,
    'acct-' || platform as account_id,
    campaign_id,
    'USD' as currency,
    money(impressions * rate * (0.35 + 0.9 * u(concat(a, date), 'price'))) as cost,
    impressions,
    cast(round(impressions * rate) as bigint) as clicks,
    money(round(impressions * rate * 0.03 * u(concat(a, date), 'conversions'), 1))
        as conversions,
    money(impressions * rate * 2.1 * u(concat(a, date), 'conversions'))
        as conversion_value
from drawn
where date >= cast(timestamp '{since}' as date) - {restated}
    and date < cast(timestamp '{until}' as date)
order by date, platform, campaign_id
"""

_AREAS = """
select
    country_code,
    postal_code(country_code, postal_prefix, cast(area as integer)) as postal_code,
    money(12000 + 60000 * u(concat(city, area), 'income')) as median_income,
    cast(floor(2000 + 40000 * u(concat(city, area), 'population')) as integer)
        as population,
    pick(['urban', 'suburban', 'urban', 'rural'], u(concat(city, area), 'urban'))
        as urbanicity,
    1 + cast(floor(10 * u(concat(city, area), 'income')) as integer) % 10
        as deprivation_decile,
    cast(timestamp '{end}' - interval 60 day as date) as as_of
from cities
cross join range(12) as t (area)
qualify row_number() over (partition by country_code, postal_code order by area) = 1
order by country_code, postal_code
"""
