"""Everything that the warehouse holds on one person: the raw rows, and what was made.

Belongs here: telling which rows of which table are about somebody. Does not belong
here: finding out who is meant (`identity/explain.py`), and what is done with the rows.

A raw row is the person's if a column that bears `meta.pii` holds an identifier that the
person alone has: an address that a family shares leads to no row of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.gates.suites import gated_nodes
from orchestration.ingestion.sql import named_rows, table_exists
from orchestration.project import Manifest
from orchestration.releases.publish import published_models

# Layers between raw and marts hold what these two say, in other words.
_BETWEEN = ("staging", "core", "identity", "features", "scores")

# What is left of JSON without its signs: its names and values.
_WORDS = r'[^\s"{}\[\]:,]+'

_IDENTIFIERS = """
create or replace temp table own_identifiers as
with

holders as (

    select
        identifier_value,
        identifier_type,
        namespace,
        any_value(customer_id) as customer_id
    from marts.customer_identifiers
    group by identifier_value, identifier_type, namespace
    having count(distinct customer_id) = 1

),

records as (

    select
        record_key,
        any_value(customer_id) as customer_id
    from marts.customer_records
    group by record_key
    having count(distinct customer_id) = 1

)

select
    lower(identifier_value) as word,
    cast(null as varchar) as source_system
from holders
where customer_id = $customer_id
union
-- An id of one system may be anybody's in another one.
select
    lower(regexp_extract(record_key, '^[^:]+:[^:]+:(.*)$', 1)) as word,
    split_part(record_key, ':', 1) as source_system
from records
where customer_id = $customer_id
"""


@dataclass(frozen=True)
class Holding:
    """The rows of one table that are about somebody.

    Attributes:
        layer: `raw`, `quarantine`, or the schema of the release.
        table: its qualified name.
        description: what the project says of it.
        columns: what it says of each column.
        rows: one mapping of column to value per row.
    """

    layer: str
    table: str
    description: str
    columns: Mapping[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)


def held_on(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, customer_id: str
) -> Iterator[Holding]:
    """Yield the tables that hold anything on a customer, raw ones first.

    Args:
        connection: to the warehouse.
        manifest: dbt's, which says what columns are personal.
        customer_id: the customer's current id.
    """
    connection.execute(_IDENTIFIERS, {"customer_id": customer_id})
    for source in gated_nodes("raw", manifest):
        yield from _found(connection, source, "raw", _raw_condition(source))
    quarantined = named_rows(
        connection.execute(
            "select * from quarantine.rows where "
            f"{_says_a_word('text', 'source_system')} order by all"
        )
    )
    if quarantined:
        yield Holding(
            "quarantine",
            "quarantine.rows",
            "One row per row of a file, or value, that could not be read.",
            {},
            quarantined,
        )
    for model in published_models(manifest):
        table = f"{model['schema']}.{model['alias']}"
        condition = _condition(table, model["columns"], customer_id)
        yield from _found(connection, model, model["schema"], condition)


def copies_of(
    connection: duckdb.DuckDBPyConnection, customer_id: str
) -> dict[str, int]:
    """Return how many rows the tables between raw and marts hold of the same."""
    tables: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select table_schema || '.' || table_name, column_name "
        "from information_schema.columns where table_catalog = current_database() "
        f"and table_schema in {_BETWEEN} order by all"
    ).fetchall():
        tables.setdefault(table, []).append(column)
    counted = {
        table: connection.execute(
            f"select count(*) from {table} where {condition}"
        ).fetchall()[0][0]
        for table, columns in tables.items()
        if (condition := _condition(table, columns, customer_id))
    }
    return {table: count for table, count in counted.items() if count}


def _found(
    connection: duckdb.DuckDBPyConnection,
    node: Mapping[str, Any],
    layer: str,
    condition: str | None,
) -> Iterator[Holding]:
    table = f"{node['schema']}.{node.get('alias') or node['identifier']}"
    if not condition or not table_exists(connection, *table.split(".")):
        return
    query = f"select * from {table} where {condition} order by all"
    rows = named_rows(connection.execute(query))
    if rows:
        told = {name: c.get("description", "") for name, c in node["columns"].items()}
        yield Holding(layer, table, node["description"].strip(), told, rows)


def _raw_condition(source: Mapping[str, Any]) -> str | None:
    conditions = [
        _says_a_word(f'"{name}"', f"'{source['source_name']}'")
        for name, column in source["columns"].items()
        if ((column.get("config") or {}).get("meta") or {}).get("pii")
    ]
    return " or ".join(conditions) or None


def _says_a_word(column: str, system: str) -> str:
    """Return the condition that a column holds an identifier, alone or inside JSON."""
    text = f"lower(cast({column} as varchar))"
    return (
        f"exists (select 1 from own_identifiers as own where "
        f"coalesce(own.source_system, {system}) = {system} "
        f"and contains({text}, own.word) and (own.word = trim({text}) or "
        f"list_contains(regexp_extract_all({text}, '{_WORDS}'), own.word)))"
    )


def _condition(table: str, columns: Collection[str], customer_id: str) -> str | None:
    """Return which rows of a table are a customer's, by the columns that it has."""
    # The customer of a staging model is that of its source system.
    if "customer_id" in columns and not table.startswith("staging."):
        return f"customer_id = '{customer_id}'"
    if "record_key" in columns:
        return (
            "record_key in (select record_key from marts.customer_records "
            "group by record_key having count(distinct customer_id) = 1 "
            f"and any_value(customer_id) = '{customer_id}')"
        )
    return None
