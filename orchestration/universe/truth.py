"""What is true of a sample world: who is behind each record, and what comes next.

Never read by the pipeline; only measured against.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.universe.incidents import FRAUDS
from orchestration.universe.world import Drop

_RECORDS = """
with

stated (person_id, record_key) as (

    select person_id, system || ':' || case system
        when 'shopify' then 'customer'
        when 'hubspot' then 'contact'
        when 'klaviyo' then 'profile'
        when 'zendesk' then 'user'
        else 'member'
    end || ':' || record_id
    from records
    where not (system = 'hubspot' and is_merged_away(copy, rid))

    union all

    select person_id, 'shopify:guest:' || order_id(order_no)
    from web_orders
    inner join people using (i)
    where is_guest and placed_at < timestamp '{until}'

    union all

    select person_id, 'segment:user:' || shopify_id(i, 0)
    from session_devices
    where is_logged_in and identified_at < timestamp '{until}'

    union all

    select coalesce(person_id, split_part(device_key, '/', 2) || '-' || device_key),
        'segment:anonymous:' || anonymous_id
    from session_devices
    where not is_shared

    union all

    select person_id, 'surveys:respondent:'
        || coalesce(sha256(lower(respondent_email)), respondent_id)
    from survey_answers
    inner join people using (i)

    union all

    select person_id, 'social:author:' || network || '/' || lower(handle)
    from social_posts
    inner join people using (i)

    union all

    select person_id, 'consent:subject:'
        || sha256(coalesce(subject_id, stated_email, stated_phone))
    from consent_statements

    union all

    select person_id, 'demographics:email_hash:' || sha256(lower(trim(email)))
    from people
    where is_appended(i) and i < {customers}

    union all

    select person_id, 'beacons:member:' || loyalty_id
    from beacon_pings
    inner join people using (i)
    where is_signed_in and pinged_at < timestamp '{until}'

    union all

    select person_id, 'beacons:device:' || device_id
    from beacon_pings
    inner join people using (i)
    where pinged_at < timestamp '{until}'
        and device_id not in (select device_id from shared_phones)

)

select distinct person_id, record_key
from stated
"""

_DEVICES = """
with

seen as (

    select
        person_id,
        'segment:anonymous:' || anonymous_id as device_record_key,
        occurred_at as seen_at
    from session_devices
    where is_shared

    union all

    select
        person_id,
        'beacons:device:' || device_id,
        pinged_at
    from beacon_pings
    inner join people using (i)
    where pinged_at < timestamp '{until}'
        and device_id in (select device_id from shared_phones)

),

changes as (

    select
        *,
        lag(person_id) over by_device is distinct from person_id as takes_over
    from seen
    window by_device as (partition by device_record_key order by seen_at, person_id)

)

select
    person_id,
    device_record_key,
    if(row_number() over by_device = 1, null, seen_at) as valid_from,
    lead(seen_at) over by_device as valid_to
from changes
where takes_over
window by_device as (partition by device_record_key order by seen_at, person_id)
"""

_PEOPLE = """
with

future as (

    select
        i,
        count(*) filter (where placed_at < timestamp '{until}') as orders,
        sum(total / price_level) filter (where placed_at < timestamp '{until}')
            as spent,
        count(*) filter (
            where placed_at between timestamp '{until}'
                and timestamp '{until}' + interval 90 day
        ) as orders_next_90_days,
        min(placed_at) filter (where placed_at >= timestamp '{until}') as next_order_at
    from web_orders
    where not is_test and not is_cancelled
    group by i

)

select
    person_id,
    given as given_name,
    family as family_name,
    given_latin as given_name_latin,
    family_latin as family_name_latin,
    if(has_married, maiden, null) as birth_family_name,
    nickname,
    gender,
    birth_date,
    [email, work_email] as emails,
    family_email,
    ['+' || calling_code || phone_digits, '+' || calling_code || old_phone_digits]
        as phones,
    street,
    city,
    postal_code,
    country_code,
    'h' || household as household_id,
    joined_at,
    is_employee,
    is_holdout as is_campaign_holdout,
    if(voucher.i is null, null, if(is_treated, 'voucher', 'control')) as voucher_arm,
    is_moved as is_moved_by_voucher,
    ['{frauds}'][1 + fraud] as fraud,
    rate * 86400 as true_orders_per_day,
    dropout as true_dropout_probability,
    mean_spend as true_mean_order_value_usd,
    coalesce(orders, 0) as orders,
    money(coalesce(spent, 0)) as spent_usd,
    coalesce(orders_next_90_days, 0) as orders_next_90_days,
    next_order_at
from people
inner join habits using (i)
left join future using (i)
left join voucher using (i)
left join frauds using (i)
where joined_at < timestamp '{until}'
"""

_QUERIES = {"person_records": _RECORDS, "devices": _DEVICES, "people": _PEOPLE}


def write_truth_parts(
    con: duckdb.DuckDBPyConnection, folder: Path, drop: Drop, part: int
) -> None:
    """Write what is true of one chunk as of the end of the drop."""
    con.execute(
        """
        create table shared_phones as
        select device_id from beacon_pings
        group by device_id having count(distinct i) > 1
        """
    )
    facts = {
        "until": drop.until,
        "customers": drop.world.customers,
        "frauds": "', '".join(FRAUDS),
    }
    for name, query in _QUERIES.items():
        path = folder / f"{name}_{part:04d}.parquet"
        con.execute(
            f"copy ({query.format(**facts)} order by 1, 2) to '{path}' (format parquet)"
        )


def merge_truth_parts(folder: Path, truth: Path) -> dict[str, int]:
    """Unite the parts into one file per table; return the rows of each."""
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    rows = {}
    for name in _QUERIES:
        partial = truth / f"{name}.parquet.tmp"
        copied = con.execute(
            f"copy (select * from read_parquet('{folder}/{name}_*.parquet'))"
            f" to '{partial}' (format parquet, codec zstd)"
        )
        rows[name] = copied.fetchall()[0][0]
        partial.rename(truth / f"{name}.parquet")
    return rows
