"""The ledger of files, `ops.ingested_files`: what was read, when, and what came of it.

A version of a file has a batch only if its rows were loaded. So a refused version never
hides the good one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import one_row

SAME_CONTENT = "The file has the same content as "
"""How the note on a file begins that brought nothing new, and so has no batch."""


@dataclass(frozen=True)
class FileResult:
    """What became of one version of a file; rows = loaded + quarantined."""

    path: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    note: str | None = None
    is_loaded: bool = False


def unread_files(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    files: list[LandingFile],
) -> list[LandingFile]:
    """Return the files whose newest version in the ledger is not what lies there now.

    Size and change time decide; only a file that differs in these is hashed later.
    """
    known = {
        (path, size, changed_at)
        for path, size, changed_at in connection.execute(
            """
            select path, bytes, changed_at
            from ops.ingested_files
            where source_system = ? and source_table = ?
            qualify row_number() over (
                partition by path order by file_version desc
            ) = 1
            """,
            [source.system, source.table],
        ).fetchall()
    }
    return [f for f in files if (f.path, f.bytes, f.changed_at) not in known]


def is_loaded(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    file: LandingFile,
    sha256: str,
) -> bool:
    """Return whether the newest version of a file has this content and was loaded.

    A file that was refused is not: to touch it is to ask for another try. Nor is one
    that somebody asked to have read again, whose time of change the ledger forgot.
    """
    rows = connection.execute(
        """
        select sha256 = ? and batch_id is not null and changed_at is not null
        from ops.ingested_files
        where source_system = ? and source_table = ? and path = ?
        order by file_version desc
        limit 1
        """,
        [sha256, source.system, source.table, file.path],
    ).fetchall()
    return bool(rows and rows[0][0])


def record_touch(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, file: LandingFile
) -> None:
    """Note that a file was copied or touched, its content being the same."""
    connection.execute(
        """
        update ops.ingested_files
        set changed_at = ?
        where
            source_system = ?
            and source_table = ?
            and path = ?
        """,
        [file.changed_at, source.system, source.table, file.path],
    )


def same_content(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    file: LandingFile,
    sha256: str,
) -> str | None:
    """Return the path of a loaded file that makes this one a file sent again.

    A snapshot that returns to an earlier state is news: it is compared with the
    snapshot before it only.
    """
    found = connection.execute(
        """
        with

        current as (

            select
                path,
                sha256,
                dropped_on
            from ops.ingested_files
            where
                source_system = $system
                and source_table = $table
                and path <> $path
                and batch_id is not null
            qualify row_number() over (
                partition by path order by file_version desc
            ) = 1

        ),

        comparable as (

            select *
            from current
            where not $is_snapshot or (dropped_on, path) < ($dropped_on, $path)
            qualify
                not $is_snapshot
                or row_number() over (order by dropped_on desc, path desc) = 1

        )

        select min(path) from comparable where sha256 = $sha256
        """,
        {
            "system": source.system,
            "table": source.table,
            "path": file.path,
            "sha256": sha256,
            "dropped_on": file.dropped_on,
            "is_snapshot": source.mode == "snapshot",
        },
    )
    return one_row(found)[0]


def record_file(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    file: LandingFile,
    sha256: str,
    result: FileResult,
    batch_id: str | None,
    now: datetime,
    version: int | None = None,
) -> None:
    """Write what became of a file as the next version of its path, or as `version`."""
    connection.execute(
        """
        insert into ops.ingested_files by name
        select
            $system as source_system,
            $table as source_table,
            $path as path,
            coalesce($version, 1 + max(file_version), 1) as file_version,
            $sha256 as sha256,
            $bytes as bytes,
            $changed_at as changed_at,
            $dropped_on as dropped_on,
            $rows_read as rows_read,
            $rows_loaded as rows_loaded,
            $rows_quarantined as rows_quarantined,
            $batch_id as batch_id,
            $note as note,
            $now as ingested_at
        from ops.ingested_files
        where source_system = $system and source_table = $table and path = $path
        """,
        {
            "system": source.system,
            "table": source.table,
            "path": file.path,
            "version": version,
            "sha256": sha256,
            "bytes": file.bytes,
            "changed_at": file.changed_at,
            "dropped_on": file.dropped_on,
            "rows_read": result.rows_read,
            "rows_loaded": result.rows_loaded,
            "rows_quarantined": result.rows_quarantined,
            "batch_id": batch_id,
            "note": result.note,
            "now": now,
        },
    )


def record_batch(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    batch_id: str,
    files: list[FileResult],
    now: datetime,
) -> None:
    """Write a batch of loaded files, for the raw gate to decide upon."""
    connection.execute(
        """
        insert into ops.batches by name
        select
            ? as batch_id,
            ? as source_system,
            ? as source_table,
            'pending' as status,
            ? as files,
            ? as rows_read,
            ? as rows_loaded,
            ? as rows_quarantined,
            ? as loaded_at
        """,
        [
            batch_id,
            source.system,
            source.table,
            len(files),
            sum(file.rows_read for file in files),
            sum(file.rows_loaded for file in files),
            sum(file.rows_quarantined for file in files),
            now,
        ],
    )


def newest_batch(
    connection: duckdb.DuckDBPyConnection, source: SourceTable
) -> str | None:
    """Return the id of the newest batch of a table, None if there is none."""
    found = connection.execute(
        "select max(batch_id) from ops.batches "
        "where source_system = ? and source_table = ?",
        [source.system, source.table],
    )
    return one_row(found)[0]
