"""Where rows and files go that cannot be loaded, each with a sentence that says why."""

from __future__ import annotations

from datetime import datetime

import duckdb

from orchestration.ingestion.raw_table import REPLAYS
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import one_row
from orchestration.ingestion.staged import Staged

MAX_TEXT_LENGTH = 10_000
"""Characters of a row that are kept; the file in landing/ has all of it."""


def quarantine_rows(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    path: str,
    batch_id: str,
    now: datetime,
) -> int:
    """Move the rows of `staged` that have a problem to quarantine; return how many."""
    (count,) = one_row(
        connection.execute(
            """
        insert into quarantine.rows
        select
            $system as source_system,
            $table as source_table,
            'load' as stage,
            $path as file,
            line,
            null as column_name,
            'The row ' || problem || '.' as reason,
            left(text, $max_text_length) as text,
            $batch_id as batch_id,
            $now as quarantined_at
        from staged
        where problem is not null
        """,
            {
                "system": source.system,
                "table": source.table,
                "path": path,
                "batch_id": batch_id,
                "max_text_length": MAX_TEXT_LENGTH,
                "now": now,
            },
        )
    )
    return count


def quarantine_file(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    path: str,
    reason: str,
    now: datetime,
) -> None:
    """Record, with a null line, that nothing of a file was loaded, and why."""
    connection.execute(
        "insert into quarantine.rows values "
        "(?, ?, 'load', ?, null, null, ?, null, null, ?)",
        [source.system, source.table, path, reason, now],
    )


def record_replays(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    staged: Staged,
    path: str,
    batch_id: str,
    now: datetime,
) -> None:
    """Note which rows of quarantine the rows of a file of mended rows stand for."""
    if REPLAYS not in staged.columns:
        return
    connection.execute(
        f"""
        insert into quarantine.replays
        select $system, $table, {staged.columns[REPLAYS]}, $path, line, $batch_id, $now
        from staged
        where problem is null and {staged.columns[REPLAYS]} is not null
        """,
        {
            "system": source.system,
            "table": source.table,
            "path": path,
            "batch_id": batch_id,
            "now": now,
        },
    )
