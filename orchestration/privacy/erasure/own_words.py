"""Which words are the own ones of a batch of people, computed for all of them at once.

Belongs here: reading them from the marts and the raw tables. Does not belong here: what
is done with them (`words.py`).

An identifier that anybody else states too is nobody's alone and no word. The id of a
record may be anybody's in another system, so it counts in its own system only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import duckdb
import pyarrow as pa

from orchestration.ingestion.sql import identifier
from orchestration.privacy.erasure.words import PHONE, Words

_WORD = pa.schema([("word", pa.string())])

_ERASED = """
create or replace temp table erased_customers as from asked_customers;

create or replace temp table erased_records as
select
    record_key,
    any_value(customer_id) as customer_id
from marts.customer_records
group by record_key
having bool_and(customer_id in (from erased_customers));

create or replace temp table erased_identifiers as
select
    word,
    any_value(identifier_type) as identifier_type
from (
    select
        lower(identifier_value) as word,
        identifier_type,
        customer_id in (from erased_customers) as is_erased
    from marts.customer_identifiers

    union all

    select word, identifier_type, true as is_erased
    from asked_corrections
)
group by word
having bool_and(is_erased);
"""

_SPELLINGS = """
create or replace temp macro google_spelling(word) as
    if(
        regexp_matches(word, '@(gmail|googlemail)\\.com$'),
        replace(regexp_replace(split_part(word, '@', 1), '\\+.*', ''), '.', '')
            || '@' || split_part(word, '@', 2),
        word
    );

select word, identifier_type from erased_identifiers
union
select unnest([sha256(word), sha256(google_spelling(word))]), 'hash'
from erased_identifiers
where identifier_type = 'email'
union
select
    unnest([
        ltrim(word, '+'), sha256(word), sha256(ltrim(word, '+'))
    ]),
    unnest(['phone', 'hash', 'hash'])
from erased_identifiers
where identifier_type = 'phone'
"""

# A number as somebody typed it is its end in the international form, signs aside.
_SPELT = """
with

spelt as (

    select distinct unnest(regexp_extract_all({column}, '{pattern}')) as spelling
    from {table}

),

digits as (

    select
        lower(spelling) as spelling,
        ltrim(
            regexp_replace(replace(spelling, '(0)', ''), '[^0-9]', '', 'g'), '0'
        ) as digits
    from spelt

),

phones as (

    select
        ltrim(identifier_value, '+') as digits,
        right(identifier_value, 7) as ending,
        bool_and(customer_id in (from erased_customers)) as is_erased
    from marts.customer_identifiers
    where identifier_type = 'phone'
    group by all

)

select spelling
from digits
inner join phones
    on right(digits.digits, 7) = phones.ending
    and ends_with(phones.digits, digits.digits)
where length(digits.digits) >= 7
group by spelling
having bool_and(phones.is_erased)
"""

_RECORDS = """
select
    lower(regexp_extract(record_key, '^[^:]+:[^:]+:(.*)$', 1)) as word,
    split_part(record_key, ':', 1) as source_system,
    record_key
from erased_records
"""


def words_of(
    connection: duckdb.DuckDBPyConnection,
    customer_ids: Iterable[str],
    orders: Iterable[tuple[str, str, str]] = (),
    phones: Iterable[tuple[str, str]] = (),
    corrections: Iterable[tuple[str, str]] = (),
) -> Words:
    """Return the words of a batch of customers.

    Args:
        connection: to the warehouse.
        customer_ids: their current ids.
        orders: (system, raw table, key column) of the tables whose rows stay as
            numbers, so that their keys are nobody's.
        phones: (raw table, column) of what may hold phone numbers as people type them.
        corrections: (value, identifier type) of what was corrected on their request.
    """
    connection.register("asked_customers", pa.table({"customer_id": [*customer_ids]}))
    connection.register("asked_corrections", _as_table(corrections))
    connection.execute(_ERASED)
    connection.unregister("asked_customers")
    connection.unregister("asked_corrections")
    identifiers = dict(connection.execute(_SPELLINGS).fetchall())
    for table, column in phones:
        query = _SPELT.format(table=table, column=identifier(column), pattern=PHONE)
        for (spelling,) in connection.execute(query).fetchall():
            identifiers.setdefault(spelling, "phone")
    records: dict[str, set[str]] = defaultdict(set)
    keys = []
    for word, system, key in connection.execute(_RECORDS).fetchall():
        if word:
            records[system].add(word)
        keys.append(key)
    numbers: dict[str, frozenset[str]] = {}
    for system, table, column in orders:
        ids = pa.table({"word": sorted(records.get(system, ()))}, _WORD)
        connection.register("record_ids", ids)
        found = connection.execute(
            f"select distinct word from record_ids inner join {table} "
            f"on word = {identifier(column)}"
        ).fetchall()
        connection.unregister("record_ids")
        numbers[system] = numbers.get(system, frozenset()) | {w for (w,) in found}
    return Words(
        identifiers,
        {system: frozenset(words) for system, words in records.items()},
        numbers,
        tuple(sorted(keys)),
    )


def _as_table(corrections: Iterable[tuple[str, str]]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"word": value.lower(), "identifier_type": kind}
            for value, kind in corrections
        ],
        pa.schema([("word", pa.string()), ("identifier_type", pa.string())]),
    )
