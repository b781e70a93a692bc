"""The raw tables: all text, as wide as anything that was ever seen in their files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import identifier, one_row
from orchestration.ingestion.staged import Staged

LINEAGE = {
    "_file": "varchar",
    "_line": "bigint",
    "_loaded_at": "timestamp",
    "_batch_id": "varchar",
}
"""Columns of every raw table that say where a row comes from."""

DELETED_AT = "c360_deleted_at"
"""On rows that say that a key is gone at the source: when that was seen, UTC."""


REPLAYS = "c360_replays"
"""On mended rows: the id of the row of quarantine that they stand for."""

OWN_COLUMNS = frozenset({DELETED_AT, REPLAYS})
"""Columns that this project itself writes into files; they are no drift of a source."""


def ensure_table(connection: duckdb.DuckDBPyConnection, source: SourceTable) -> None:
    """Create the raw table with its declared columns, or add those it lacks."""
    declared = ", ".join(f"{identifier(name)} varchar" for name in source.columns)
    lineage = ", ".join(f"{name} {kind}" for name, kind in LINEAGE.items())
    connection.execute(f"create schema if not exists {identifier(source.schema)}")
    connection.execute(
        f"create table if not exists {_relation(source)} ({declared}, {lineage})"
    )
    deletes = [DELETED_AT] if source.marks_deletes else []
    add_columns(connection, source, [*source.columns, *deletes])


def add_columns(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, names: Iterable[str]
) -> list[str]:
    """Add the columns that the raw table does not have yet; return their names."""
    existing = {
        name
        for (name,) in connection.execute(
            """
            select column_name
            from duckdb_columns()
            where
                database_name = current_database()
                and schema_name = ?
                and table_name = ?
            """,
            [source.schema, source.table],
        ).fetchall()
    }
    new = [name for name in names if name not in existing]
    for name in new:
        connection.execute(
            f"alter table {_relation(source)} add column {identifier(name)} varchar"
        )
    return new


def insert_rows(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    staged: Staged,
    path: str,
    batch_id: str,
    now: datetime,
) -> int:
    """Insert the rows of `staged` that have no problem; return how many."""
    names = ", ".join([*map(identifier, staged.columns), *LINEAGE])
    values = ", ".join([*staged.columns.values(), "$path, line, $now, $batch_id"])
    (count,) = one_row(
        connection.execute(
            f"""
        insert into {_relation(source)} ({names})
        select {values}
        from staged
        where problem is null
        """,
            {"path": path, "now": now, "batch_id": batch_id},
        )
    )
    return count


def record_schema_changes(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    changes: list[tuple[str, str]],
    path: str,
    batch_id: str,
    now: datetime,
) -> None:
    """Record (column, 'new' or 'missing') for a file that differs from its table."""
    for column, change in changes:
        connection.execute(
            "insert into ops.schema_changes values (?, ?, ?, ?, ?, ?, ?)",
            [source.system, source.table, column, change, path, batch_id, now],
        )


def count_rows(connection: duckdb.DuckDBPyConnection, source: SourceTable) -> int:
    """Return how many rows the raw table has, of all versions of all files."""
    (rows,) = one_row(connection.execute(f"select count(*) from {_relation(source)}"))
    return rows


def _relation(source: SourceTable) -> str:
    return f"{identifier(source.schema)}.{identifier(source.table)}"
