"""Shopify: products and customers, in the shapes of the Admin REST API."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.shopify_orders import write_orders
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


_CONTRACTS = """
with

begun as (

    select
        records.i,
        record_id,
        people.currency,
        people.price_level,
        'contract/' || records.i as rid,
        moment(greatest(joined_at, timestamp '{start}'), 20 + u(rid, 'start') * 300)
            as began_at,
        moment(began_at, -ln(u(rid, 'length')) * 240) as ends_at,
        [1, 1, 2, 3][1 + cast(floor(u(rid, 'cycle') * 4) as integer)] as months
    from records
    inner join people on records.i = people.i
    where system = 'shopify' and copy = 0 and u('contract/' || records.i, 'has') < 0.08

),

billed as (

    select
        *,
        ends_at < timestamp '{until}' as is_over,
        -- A contract changes when it is billed, and when it ends.
        if(ends_at < timestamp '{until}', ends_at, moment(
            began_at,
            date_diff('day', began_at, timestamp '{until}') // (30 * months)
            * 30 * months
        )) as changed_at
    from begun
    where began_at < timestamp '{until}'

),

chosen as (

    select
        billed.*,
        shelf.*
    from billed
    inner join (
        select
            *,
            row_number() over (partition by price_level order by product) - 1 as place,
            count(*) over (partition by price_level) as products
        from shelf
        where category = 'Coffee'
    ) as shelf
        on billed.price_level = shelf.price_level
        and cast(floor(u(rid, 'product') * products) as integer) = place

)

select
    'gid://shopify/SubscriptionContract/' || (8800000000 + i) as id,
    iso(began_at) as "createdAt",
    iso(changed_at) as "updatedAt",
    case
        when is_over then 'CANCELLED'
        when u(rid, 'paused') < 0.05 then 'PAUSED'
        else 'ACTIVE'
    end as status,
    if(is_over, null, iso(moment(changed_at, 30 * months))) as "nextBillingDate",
    if(u(rid, 'failed') < 0.03, 'FAILED', 'SUCCEEDED') as "lastPaymentStatus",
    currency as "currencyCode",
    cast(null as varchar) as note,
    {{'legacyResourceId': record_id}} as customer,
    {{'interval': 'MONTH', 'intervalCount': months}} as "billingPolicy",
    {{'interval': 'MONTH', 'intervalCount': months}} as "deliveryPolicy",
    {{'amount': price_text(0), 'currencyCode': currency}} as "deliveryPrice",
    {{'nodes': [{{
        'id': 'gid://shopify/SubscriptionLine/' || (9900000000 + i),
        'title': title,
        'sku': sku,
        'quantity': 1,
        'productId': 'gid://shopify/Product/' || product_id,
        'variantId': 'gid://shopify/ProductVariant/' || variant_id,
        'currentPrice': {{
            'amount': price_text(price * 0.9), 'currencyCode': currency
        }}
    }}]}} as lines
from chosen
where changed_at >= timestamp '{since}'
order by began_at, i
"""


def write_shopify(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write all products, and what is new or changed of everything else."""
    if landing.is_first:
        landing.jsonl(con, "shopify", "products", _PRODUCTS.format(until=drop.until))
    landing.jsonl(con, "shopify", "customers", _CUSTOMERS.format(until=drop.until))
    contracts = _CONTRACTS.format(
        start=drop.world.start, since=drop.since, until=drop.until
    )
    landing.jsonl(con, "shopify", "subscription_contracts", contracts)
    write_orders(con, landing, drop)
