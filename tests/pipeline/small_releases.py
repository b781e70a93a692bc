"""A warehouse of two small marts, and the releases that are made of it."""

from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.releases.publish import (
    publish,
)
from orchestration.warehouse import DataDir, connect


def model(schema: str, alias: str, *, access: str = "public", **pii: str) -> dict:
    return {
        "resource_type": "model",
        "schema": schema,
        "alias": alias,
        "access": access,
        "columns": {
            name: {"name": name, "config": {"meta": {"pii": personal_class}}}
            for name, personal_class in pii.items()
        },
    }


FILES = ("customer360.duckdb", "customer360_masked.duckdb")

MANIFEST = {
    "nodes": {
        "a": model("marts", "customers", email="email", birth_date="birth_date"),
        "b": model("governance", "access_log"),
        "c": model("core", "orders"),
        "d": model("marts", "drafts", access="protected"),
        "e": {"resource_type": "test", "schema": "marts"},
    }
}


def build(data: DataDir, customers: int, *, version: int, passed: bool = True) -> None:
    """Make the warehouse hold marts of so many customers, judged by the gate."""
    with connect(data.warehouse) as warehouse:
        warehouse.execute(
            """
            create schema if not exists marts;
            create schema if not exists governance;
            create or replace table marts.customers (
                customer_id varchar not null, email varchar not null, birth_date date
            );
            comment on table marts.customers is 'One row per customer''s id.';
            comment on column marts.customers.email is 'Where mail reaches them. ';
            create or replace table governance.access_log (line varchar);
            """
        )
        warehouse.execute(
            """
            insert into marts.customers
            select
                'c' || lpad(cast(n as varchar), 6, '0'),
                n || '@example.com',
                date '2000-05-17'
            from range(?) as numbers (n)
            order by hash(n)
            """,
            [customers],
        )
        for schema, table in (("marts", "customers"), ("governance", "access_log")):
            warehouse.execute(
                "insert or replace into ops.table_builds "
                "(layer, table_schema, table_name, version, run_id, built_at) "
                "values ('marts', ?, ?, ?, 'run', now())",
                [schema, table, version],
            )
            warehouse.execute(
                """
                insert into ops.gate_results by name
                select
                    'marts' as layer, ? as table_schema, ? as table_name,
                    ? as version, ? as passed, 'unique' as expectation,
                    'error' as severity, ? as checked_at
                """,
                [schema, table, str(version), passed, datetime(2026, 1, 1)],
            )


def release_of(data: DataDir, run_id: str, customers: int, version: int) -> Path:
    build(data, customers, version=version)
    return publish(run_id, data, manifest=MANIFEST).path


def read(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as reader:
        return reader.execute(query).fetchall()


def count(data: DataDir) -> int:
    current = data.published / "current/customer360.duckdb"
    return read(current, "select count(*) from marts.customers")[0][0]
