"""The tills: loyalty members, transactions and their lines, as a nightly extract."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

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

_MEMBERS = """
with

shop as (

    select
        i,
        record_id as app_user_id
    from records
    where system = 'shopify' and copy = 0

)

select
    record_id as loyalty_id,
    if(u(rid, 'title') < 0.3, if(gender = 'female', 'Ms', 'Mr'), null) as title,
    given as first_name,
    family as last_name,
    strftime(birth_date, '%d/%m/%Y') as birth_date,
    left(gender, 1) as gender,
    email,
    -- Staff in a hurry type the number of the shop.
    if(u(rid, 'shop phone') < 0.02, store_phone, phone) as phone,
    street,
    city,
    postal_code,
    country_code,
    cast(created_at as date) as joined_on,
    store_id as home_store_id,
    if(copy = 0 and u(rid, 'app') < 0.35, app_user_id, null) as app_user_id,
    updated_at
from (select * exclude (currency) from fresh_records)
left join shop using (i)
left join home_stores using (i)
where system = 'pos'
order by created_at, loyalty_id
"""

_TABLES = """
create macro transaction_id(visit_no) as 'T' || cast(90000000 + visit_no as varchar);

create table home_stores as
select
    people.i,
    store_id,
    store_phone,
    currency,
    store
from people
inner join (
    select
        stores.*,
        row_number() over (partition by country_code order by store) - 1 as n,
        count(*) over (partition by country_code) as shops
    from stores
) as near
    on people.country_code = near.country_code
    and near.n = nth(near.shops, u(people.i, 'home store'));

create table till_visits as
select
    visits.* exclude (is_known, u_payment, u_other),
    -- A return takes over from the receipt who bought, how it was paid and discounted.
    coalesce(bought.visit_no, visits.visit_no) as receipt_no,
    coalesce(bought.occurred_at, visits.occurred_at) as bought_at,
    coalesce(bought.is_known, visits.is_known) as is_known,
    coalesce(bought.u_payment, visits.u_payment) as u_payment,
    coalesce(bought.u_other, visits.u_other) as u_other,
    visits.is_return and visits.u_other < 0.5 as is_partial
from visits
left join visits as bought
    on visits.original_no = bought.visit_no
where visits.occurred_at >= timestamp '{since}'
    and visits.occurred_at < timestamp '{until}';

create table till_lines as
with

moved as (

    select
        till_visits.visit_no,
        line_no,
        shelf.* exclude (product),
        if(is_return, -quantity, quantity) as signed_quantity,
        money(signed_quantity * price) as amount,
        money(amount * if(u_other < 0.15, 0.1, 0.0)) as discount
    from till_visits
    inner join visit_items on till_visits.receipt_no = visit_items.visit_no
    inner join (select i, price_level from people) as people using (i)
    inner join shelf using (product, price_level)
    where line_no = 1 or not is_partial

)

select
    *,
    money((amount - discount) * 0.08) as tax
from moved;

create table till_transactions as
select
    till_visits.*,
    transaction_id(visit_no) as transaction_id,
    store_id,
    currency,
    loyalty_id,
    gross,
    discount,
    tax
from till_visits
inner join (
    select
        visit_no,
        sum(amount) as gross,
        sum(discount) as discount,
        sum(tax) as tax
    from till_lines
    group by visit_no
) as totals using (visit_no)
inner join home_stores using (i)
left join (
    select i, record_id as loyalty_id, created_at from records
    where system = 'pos' and copy = 0
) as members
    on if(is_known, till_visits.i, null) = members.i and bought_at >= created_at
"""

_TRANSACTIONS = """
select
    transaction_id,
    store_id,
    store_id || '-R' || (1 + cast(floor(u_register * 4) as integer)) as register_id,
    store_id || '-C' || (1 + cast(floor(u_other * 9) as integer)) as cashier_id,
    occurred_at as sold_at,
    loyalty_id,
    if(u_payment < 0.7, 'card', if(u_payment < 0.85, 'mobile', 'cash'))
        as payment_method,
    if(u_payment < 0.85, 'tok_' || left(md5(concat('{seed}', i)), 16), null)
        as payment_token,
    currency,
    gross,
    discount,
    tax,
    gross - discount + tax as total,
    if(loyalty_id is null, 0, cast(floor(greatest(0, gross)) as integer))
        as points_earned,
    if(loyalty_id is not null and not is_return and u_other > 0.93, 100, 0)
        as points_redeemed,
    if(is_return, transaction_id(original_no), null) as original_transaction_id
from till_transactions
order by occurred_at, transaction_id
"""

_LINES = """
select
    transaction_id(visit_no) as transaction_id,
    line_no,
    sku,
    title as description,
    category,
    signed_quantity as quantity,
    money(price) as unit_price,
    discount,
    tax,
    amount - discount + tax as total
from till_lines
order by visit_no, line_no
"""


def write_pos(con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop) -> None:
    """Write members that are new or changed and what the tills sold."""
    con.execute(_TABLES.format(since=drop.since, until=drop.until))
    if landing.is_first:
        landing.csv(con, "pos", "stores", _STORES)
    landing.csv(con, "pos", "members", _MEMBERS)
    transactions = _TRANSACTIONS.format(seed=drop.world.seed)
    landing.csv(con, "pos", "transactions", transactions)
    landing.csv(con, "pos", "lines", _LINES)
