"""Personal data that nobody classified, found by the values of the warehouse.

A column with personal data bears `meta.pii`; masking, access and erasure follow from
that, so one that does not is shown to everybody. Of every other text column values are
sampled, for what they look like and for whom they name. A column that only looks
personal bears `meta.not_pii` with the reason. Belongs here: finding such columns.
Does not belong here: what follows from a class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from orchestration.project import Manifest

SAMPLE_ROWS = 2_000
"""Rows of each table that are looked at."""

# What a value of each class looks like, and the share of the values of a column that
# must: an address anywhere is one too many, but figures look like cards by chance.
_SHAPES = {
    "email": (r"[\w.+-]+@[\w-]+\.[a-z]{2,}", 0.0),
    "phone": (r"^\+[1-9][0-9]{7,14}$", 0.02),
    "ip_address": (r"^([0-9]{1,3}\.){3}[0-9]{1,3}$", 0.02),
    "payment": (r"^(4[0-9]{3}|5[1-5][0-9]{2}|3[47][0-9]{2})([ -]?[0-9]{4}){3}$", 0.02),
}

# A column of which such a share of values is what some customer is called or known by.
_KNOWN_SHARE = 0.2

_KNOWN = """
create or replace temp table known_values as
select
    lower(unnest([given_name, family_name, display_name])) as value,
    'name' as personal_class
from marts.customers
union
select lower(street) as value, 'address' as personal_class
from marts.customers
union
select lower(identifier_value) as value, 'identifier' as personal_class
from marts.customer_identifiers
-- A short number is an identifier in one system and a figure in another.
where length(identifier_value) > 9
union
select lower(record_key) as value, 'identifier' as personal_class
from marts.customer_records
"""

# What is personal by the name of its column, whatever its type.
_NAMED = {
    "birth_date": r"(^|_)(birth_?(date|day)|date_of_birth|dob)$",
    "location": r"(^|_)(latitude|longitude)$",
    "device": r"(^|_)(device|cookie|anonymous|advertising)_?id$",
}

# What dbt and the pipeline keep of tables that are classified themselves.
_COPIES = ("changes",)


@dataclass(frozen=True)
class Finding:
    """A column that looks as if it held personal data, and bears no class.

    Attributes:
        table: its qualified name.
        column: its name.
        personal_class: what it looks like.
        values: how many of the values looked at do.
        of: how many values were looked at.
    """

    table: str
    column: str
    personal_class: str
    values: int
    of: int

    def __str__(self) -> str:
        """Say it in a sentence, without any of the values."""
        return (
            f"{self.table}.{self.column} looks like {self.personal_class} "
            f"({self.values:,} of {self.of:,} values)."
        )


def scan(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> list[Finding]:
    """Return the columns of the warehouse with personal data that bear no class.

    Args:
        connection: to the warehouse.
        manifest: dbt's, which says what columns are personal.
    """
    judged = _judged(manifest)
    by_name = _judged_by_name(judged)
    connection.execute(_KNOWN)
    tables: dict[str, list[tuple[str, str]]] = {}
    for schema, table, column, data_type in connection.execute(
        """
        select schema_name, table_name, column_name, data_type
        from duckdb_columns()
        where
            database_name = current_database()
            and not internal
            and not list_contains($copies, schema_name)
        order by all
        """,
        {"copies": list(_COPIES)},
    ).fetchall():
        # What no YAML describes has the class of what is called the same elsewhere.
        if not judged.get((schema, table, column), column in by_name):
            tables.setdefault(f"{schema}.{table}", []).append((column, data_type))
    return [
        finding
        for table, columns in tables.items()
        for finding in _found_in(connection, table, columns)
    ]


def _judged(manifest: Manifest) -> dict[tuple[str, str, str], bool]:
    """Return of each described column whether somebody said what it holds."""
    judged = {}
    for node in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        table = node.get("alias") or node.get("identifier") or node["name"]
        for name, column in node.get("columns", {}).items():
            meta = (column.get("config") or {}).get("meta") or column.get("meta") or {}
            judged[node["schema"], table, name] = bool(
                meta.get("pii") or meta.get("not_pii")
            )
    return judged


def _judged_by_name(judged: dict[tuple[str, str, str], bool]) -> set[str]:
    """Return the names that say that a column is personal wherever it is described."""
    said: dict[str, bool] = {}
    for (_, _, name), is_judged in judged.items():
        said[name] = said.get(name, True) and is_judged
    return {name for name, is_judged in said.items() if is_judged}


def _found_in(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]
) -> Iterator[Finding]:
    sample = f"(from {table} limit {SAMPLE_ROWS})"
    for name, _ in columns:
        for personal_class, pattern in _NAMED.items():
            if re.search(pattern, name):
                count = connection.execute(
                    f'select count("{name}") from {sample}'
                ).fetchall()[0][0]
                if count:
                    yield Finding(table, name, personal_class, count, count)
    texts = [
        f'"{name}"'
        for name, data_type in columns
        if data_type in ("VARCHAR", "JSON")
        and not any(re.search(pattern, name) for pattern in _NAMED.values())
    ]
    if not texts:
        return
    shapes = ", ".join(
        f"count(*) filter (where regexp_matches(said.value, '{pattern}'))"
        for pattern, _ in _SHAPES.values()
    )
    for column, of, known, personal_class, *counts in connection.execute(
        f"""
        with

        sampled as (
            select {", ".join(f"cast({name} as varchar) as {name}" for name in texts)}
            from {sample}
        ),

        said as (
            unpivot sampled on {", ".join(texts)} into name column_name value value
        )

        select
            said.column_name,
            count(*),
            count(known.value),
            mode(known.personal_class),
            {shapes}
        from said
        left join (
            select value, min(personal_class) as personal_class
            from known_values group by value
        ) as known on lower(said.value) = known.value
        group by said.column_name
        order by said.column_name
        """
    ).fetchall():
        found = {personal_class: known} if known > _KNOWN_SHARE * of else {}
        for (shape, (_, share)), count in zip(_SHAPES.items(), counts, strict=True):
            if count > share * of:
                found[shape] = count
        if found:
            likeliest = max(found, key=lambda name: found[name])
            yield Finding(table, column, likeliest, found[likeliest], of)
