"""Marts out of the warehouse, into files that readers open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb

from benchmarks.contest import OURS, Contest, Way
from orchestration.releases.files import Publication, verify_file, write_files
from orchestration.releases.stamp import Stamp
from orchestration.releases.tables import find_tables, measure

_WAREHOUSE = """
create schema ops;
create table ops.table_builds (
    table_schema varchar, table_name varchar, version bigint
);
create schema marts;
create table marts.customers as
select
    format('C{{:010d}}', hash(n) % 10000000000) as customer_id,
    'Given' || n % 5000 || ' Family' || hash(n) % 90000 as display_name,
    'user' || n || '@mail' || n % 7 || '.example' as email,
    '+4479' || right('00000000' || n, 8) as phone,
    'City ' || hash(n, 1) % 3000 as city,
    cast(hash(n, 2) % 10000000 / 100 as decimal(18, 2)) as revenue_reporting,
    hash(n, 3) % 100 / 100.0 as churn_probability,
    timestamp '2024-01-01' + to_seconds(n % 80000000) as first_seen_at
from range({size}) as t (n);
create table marts.interactions as
select
    'shop:event:' || n as interaction_id,
    format('C{{:010d}}', hash(n % {size}) % 10000000000) as customer_id,
    timestamp '2024-01-01' + to_seconds(hash(n) % 80000000) as occurred_at,
    ['email', 'web', 'app', 'store'][cast(1 + hash(n, 1) % 4 as integer)] as channel,
    ['page_viewed', 'opened', 'clicked', 'bought'][cast(1 + hash(n, 2) % 4 as integer)]
        as interaction_type,
    'https://shop.example/product/' || hash(n, 3) % 2000 as url
from range({size} * 20) as t (n);
"""
_PERSONAL = {
    ("marts", "customers"): {
        "display_name": "name",
        "email": "email",
        "phone": "phone",
        "city": "address",
    },
    ("marts", "interactions"): {"interaction_id": "identifier", "url": "identifier"},
}
_RELATIONS = [("marts", "customers"), ("marts", "interactions")]


def _prepare(size: int, inputs: Path) -> None:
    with duckdb.connect(str(inputs / "warehouse.duckdb")) as connection:
        connection.execute(_WAREHOUSE.format(size=size))


def _warehouse(inputs: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(inputs / "warehouse.duckdb"))


def _ours(inputs: Path, scratch: Path) -> Callable[[], str]:
    files = scratch / "whole.duckdb", scratch / "masked.duckdb"

    def work() -> str:
        with _warehouse(inputs) as connection:
            tables = find_tables(connection, _RELATIONS)
            held = measure(connection, tables)
            rows = {name: content.rows for name, content in held.items()}
            stamp = Stamp("run", datetime(2026, 7, 1), "1.0", rows, [])
            publication = Publication(tables, stamp, _PERSONAL, "00" * 32)
            write_files(connection, *files, publication)
        for file, is_masked in zip(files, (False, True), strict=True):
            verify_file(file, held, is_masked=is_masked)
        return f"{sum(rows.values())} rows"

    return work


def _alone(inputs: Path, scratch: Path) -> Callable[[], str]:
    def work() -> str:
        with _warehouse(inputs) as connection:
            connection.execute(f"attach '{scratch}/whole.duckdb' as whole")
            connection.execute("create schema whole.marts")
            copied = sum(_copies(connection, "create table whole.{} as from {}"))
            connection.execute("checkpoint whole")
        return f"{copied} rows"

    return work


def _parquet(inputs: Path, scratch: Path) -> Callable[[], str]:
    file = f"copy {{}} to '{scratch}/{{}}.parquet' (compression zstd)"

    def work() -> str:
        with _warehouse(inputs) as connection:
            return f"{sum(_copies(connection, file))} rows"

    return work


def _copies(connection: duckdb.DuckDBPyConnection, statement: str) -> Iterator[int]:
    for relation in map(".".join, _RELATIONS):
        yield connection.execute(statement.format(relation, relation)).fetchall()[0][0]


CONTESTS = {
    "publishing": Contest(
        title="Publish marts",
        unit="customers",
        prepare=_prepare,
        ways={
            OURS: Way(_ours),
            "DuckDB's copy alone": Way(_alone),
            "Parquet files": Way(_parquet),
        },
        note=(
            "A customer has twenty interactions. Ours writes a file and its masked "
            "twin, each ordered by customer, compares every value of the file with the "
            "warehouse, and opens both as a reader would; the others write once, "
            "unordered, and look at nothing."
        ),
    )
}
