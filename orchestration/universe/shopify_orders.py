"""Web orders as Shopify tells them: lines, payments, refunds and addresses in one."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

_ORDERS = """
with

states as (

    select
        *,
        is_cancelled and cancels_at < timestamp '{until}' as has_cancelled,
        is_refunded and refunded_at < timestamp '{until}' as has_refunded,
        not is_cancelled and fulfilled_at < timestamp '{until}' as has_shipped,
        'guest/' || order_no as rid
    from web_orders
    where placed_at < timestamp '{until}'
        and (
            placed_at >= timestamp '{since}'
            or is_cancelled and cancels_at between timestamp '{since}'
                and timestamp '{until}'
            or not is_cancelled and fulfilled_at between timestamp '{since}'
                and timestamp '{until}'
            or is_refunded and refunded_at between timestamp '{since}'
                and timestamp '{until}'
        )

),

buyers as (

    select
        states.*,
        people.* exclude (i),
        coalesce(if(is_guest, null, accounts.email), if(
            u(rid, 'guest email') < 0.1, people.work_email,
            if(u(rid, 'guest email') < 0.13, people.family_email, people.email)
        )) as stated_email,
        if(u(rid, 'guest phone') < 0.5,
            '+' || calling_code || phone_digits, null) as stated_phone,
        accounts.record_id as customer_id
    from states
    inner join people using (i)
    left join (
        select i, record_id, email from records
        where system = 'shopify' and copy = 0
    ) as accounts
        on if(is_guest, null, states.i) = accounts.i

),

lines as (

    select
        order_no,
        concat('[', joined_lines(line_no, to_json({{
            'id': order_id(order_no) || line_no,
            'product_id': product_id,
            'variant_id': variant_id,
            'sku': sku,
            'title': title,
            'quantity': quantity,
            'price': price_text(price),
            'total_discount': price_text(discount),
            'tax_lines': [{{'title': 'VAT', 'rate': 0.08, 'price': price_text(tax)}}]
        }})), ']') as line_items
    from web_lines
    where order_no in (select order_no from states)
    group by order_no

),

returned as (

    select
        order_no,
        concat('[', joined_lines(line_no, to_json({{
            'id': order_id(order_no) || '9' || line_no,
            'line_item_id': order_id(order_no) || line_no,
            'quantity': quantity,
            'subtotal': price_text(amount - discount)
        }})), ']') as refund_lines
    from web_lines
    inner join (
        select order_no, is_partial from states where has_refunded
    ) using (order_no)
    where line_no = 1 or not is_partial
    group by order_no

),

addressed as (

    select
        *,
        to_json({{
            'first_name': given,
            'last_name': family,
            'address1': street,
            'city': city,
            'province': region,
            'country': country,
            'country_code': country_code,
            'zip': postal_code,
            'phone': stated_phone
        }}) as address
    from buyers

)

select
    order_id(order_no) as id,
    '#' || (1001 + order_no) as name,
    cast(1001 + order_no as varchar) as order_number,
    stated_email as email,
    stated_phone as phone,
    iso(placed_at) as created_at,
    iso(greatest(
        placed_at,
        if(has_shipped, fulfilled_at, placed_at),
        if(has_refunded, refunded_at, placed_at),
        if(has_cancelled, cancels_at, placed_at)
    )) as updated_at,
    iso(placed_at) as processed_at,
    if(has_cancelled, iso(cancels_at), null) as cancelled_at,
    if(has_cancelled, if(u_status < 0.5, 'customer', 'inventory'), null)
        as cancel_reason,
    case
        when has_cancelled then 'voided'
        when has_refunded and is_partial then 'partially_refunded'
        when has_refunded then 'refunded'
        when placed_at > timestamp '{until}' - interval 1 hour then 'pending'
        else 'paid'
    end as financial_status,
    if(has_shipped, if(u_status > 0.97, 'partial', 'fulfilled'), null)
        as fulfillment_status,
    currency,
    price_text(gross - discount) as subtotal_price,
    price_text(gross) as total_line_items_price,
    price_text(discount) as total_discounts,
    price_text(tax) as total_tax,
    price_text(total) as total_price,
    false as taxes_included,
    if(customer_id is null, null, {{
        'id': customer_id,
        'email': stated_email,
        'first_name': given,
        'last_name': family
    }}) as customer,
    address as billing_address,
    address as shipping_address,
    line_items,
    if(has_refunded, [{{
        'id': order_id(order_no) || '7',
        'created_at': iso(refunded_at),
        'note': if(is_bad, 'Damaged or wrong item', 'Changed mind'),
        'transactions': [{{
            'id': order_id(order_no) || '6',
            'kind': 'refund',
            'status': 'success',
            'amount': price_text(refunded)
        }}],
        'refund_line_items': cast(refund_lines as json)
    }}], []) as refunds,
    [{{
        'id': order_id(order_no) || '5',
        'kind': 'sale',
        'gateway': case
            when u_other < 0.6 then 'shopify_payments'
            when u_other < 0.9 then 'paypal'
            else 'klarna'
        end,
        'status': if(has_cancelled, 'failure', 'success'),
        'amount': price_text(total),
        'created_at': iso(placed_at)
    }}] as transactions,
    if(has_discount, [{{
        'code': 'WELCOME10', 'amount': price_text(discount), 'type': 'percentage'
    }}], []) as discount_codes,
    [{{'title': if(shipping > 0, 'Standard', 'Free shipping'),
        'price': price_text(shipping)}}] as shipping_lines,
    landing_site,
    case
        when mail_campaign >= 0 then null
        when ad_campaign >= 0 then 'https://www.google.com/'
        when u_other < 0.3 then 'https://www.google.com/'
    end as referring_site,
    case
        when u_channel < 0.72 then 'web'
        when u_channel < 0.88 then 'ios'
        else 'android'
    end as source_name,
    {{
        'browser_ip': '198.51.' || (i % 100) || '.' || (i // 100 % 254 + 1),
        'user_agent': if(u_channel < 0.72, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
            'Shop/2.141')
    }} as client_details,
    is_test as test
from addressed
inner join lines using (order_no)
left join returned using (order_no)
order by order_no
"""

_JSON_TEXT = ("line_items", "billing_address", "shipping_address")
_PLAIN = (
    "phone", "cancelled_at", "cancel_reason", "fulfillment_status", "landing_site",
    "referring_site",
)  # fmt: skip
_FILLED = (
    "id", "name", "order_number", "created_at", "updated_at", "processed_at",
    "financial_status", "currency", "subtotal_price", "total_line_items_price",
    "total_discounts", "total_tax", "total_price", "source_name",
)  # fmt: skip


def write_orders(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write the orders that are new or changed in this drop."""
    query = _ORDERS.format(since=drop.since, until=drop.until)
    landing.jsonl(con, "shopify", "orders", query, "jsonl", _JSON_TEXT, _PLAIN, _FILLED)
