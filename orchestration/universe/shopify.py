"""Shopify: products and customers, in the shapes of the Admin REST API."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.web_orders import write_orders
from orchestration.universe.world import Drop

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

_CUSTOMERS = """
with

bought as (

    select
        i,
        count(*) as orders_count,
        sum(total) as total_spent
    from web_orders
    where not is_guest and placed_at < timestamp '{until}'
    group by i

),

addressed as (

    select
        fresh_records.*,
        {{
            'first_name': given,
            'last_name': family,
            'company': cast(null as varchar),
            'address1': street,
            'address2': cast(null as varchar),
            'city': city,
            'province': region,
            'province_code': region_code,
            'country': country,
            'country_code': country_code,
            'zip': postal_code,
            'phone': phone
        }} as default_address,
        u(rid, 'marketing') < 0.62 as accepts_marketing
    from fresh_records
    where system = 'shopify'

)

select
    record_id as id,
    email,
    phone,
    given as first_name,
    family as last_name,
    iso(created_at) as created_at,
    iso(updated_at) as updated_at,
    if(u(rid, 'state') < 0.8, 'enabled', 'disabled') as state,
    u(rid, 'verified') < 0.85 as verified_email,
    currency,
    cast(null as varchar) as note,
    concat_ws(', ', if(is_employee, 'employee', null),
        if(coalesce(total_spent, 0) > 900, 'vip', null)) as tags,
    accepts_marketing,
    {{
        'state': if(accepts_marketing, 'subscribed', 'not_subscribed'),
        'opt_in_level': 'single_opt_in',
        'consent_updated_at': iso(created_at)
    }} as email_marketing_consent,
    if(phone is null, null, {{
        'state': if(u(rid, 'sms') < 0.3, 'subscribed', 'not_subscribed'),
        'opt_in_level': 'single_opt_in',
        'consent_updated_at': iso(created_at)
    }}) as sms_marketing_consent,
    default_address,
    [default_address] as addresses,
    if(copy = 0, coalesce(orders_count, 0), 0) as orders_count,
    price_text(if(copy = 0, coalesce(total_spent, 0), 0)) as total_spent
from addressed
left join bought using (i)
order by created_at, record_id
"""


def write_shopify(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write all products, and customers and orders that are new or changed."""
    if landing.is_first:
        landing.jsonl(con, "shopify", "products", _PRODUCTS.format(until=drop.until))
    landing.jsonl(con, "shopify", "customers", _CUSTOMERS.format(until=drop.until))
    write_orders(con, landing, drop)
