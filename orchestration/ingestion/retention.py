"""How long raw rows are kept: files older than their table says leave it, whole.

Age is counted from the day of the drop, so a file goes whole or not at all. Its rows
leave the raw table and quarantine, `ops.removed_rows` says how many, and the file moves
from landing/ to archive/, where whoever answers for it deletes it or keeps it. So, for
every file: rows read = rows loaded + rows quarantined, and what is there now is what
was loaded less what was removed.

Belongs here: removing what is too old, and asking for days to be read again. Does not
belong here: erasing what is held on a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import identifier, table_exists
from orchestration.warehouse import DataDir, transaction


@dataclass(frozen=True)
class Removal:
    """What left one table, or would leave it."""

    source: str
    retention_days: int
    files: int
    rows: int
    """Of the raw table, those of quarantine left out."""


def apply_retention(
    connection: duckdb.DuckDBPyConnection,
    sources: list[SourceTable],
    data: DataDir,
    now: datetime,
    *,
    dry_run: bool = False,
) -> list[Removal]:
    """Remove the rows of files older than `retention_days`; return what was removed.

    The ledger commits first, the files move after: killed in between, the next call
    moves them. Batches that await a decision are left alone.

    Args:
        connection: the warehouse, with no transaction open.
        sources: the declared source tables; those without `retention_days` are kept.
        data: the data directory.
        now: from when age is counted, UTC.
        dry_run: only tell what would be removed.
    """
    removals = []
    for source in sources:
        if source.retention_days is None:
            continue
        before = now.date() - timedelta(days=source.retention_days)
        _find_aged(connection, source, before)
        files, rows = connection.execute(
            "select count(distinct path), coalesce(sum(raw_rows), 0)::bigint from aged"
        ).fetchall()[0]
        if files:
            removals.append(Removal(source.name, source.retention_days, files, rows))
        if dry_run:
            continue
        if files:
            with transaction(connection):
                _remove(connection, source, now)
        _archive(connection, source, data)
    return removals


def ask_again(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    data: DataDir,
    first: date,
    last: date,
) -> list[str]:
    """Have the files dropped on these days read again by the next run.

    Files that retention moved to archive/ come back. Each is loaded as a new version,
    which replaces the rows of the old one once its batch is accepted.

    Returns:
        The paths of the files, relative to landing/.

    Raises:
        ValueError: no file was dropped on these days, or one is gone.
    """
    paths = [
        path
        for (path,) in connection.execute(
            """
            select distinct path
            from ops.ingested_files
            where
                source_system = ?
                and source_table = ?
                and dropped_on between ? and ?
            order by path
            """,
            [source.system, source.table, first, last],
        ).fetchall()
    ]
    if not paths:
        raise ValueError(f"No file of {source.name} is of {first} to {last}.")
    gone = [
        path
        for path in paths
        if not any((root / path).exists() for root in (data.landing, data.archive))
    ]
    if gone:
        others = f" (and {len(gone) - 1} others)" if gone[1:] else ""
        raise ValueError(
            f"{gone[0]}{others} is neither in {data.landing} nor in {data.archive}. "
            "Put it back where it was, then try again."
        )
    for path in paths:
        if not (data.landing / path).exists():
            (data.archive / path).replace(data.landing / path)
    connection.execute(
        """
        update ops.ingested_files
        set changed_at = null
        where
            source_system = $system
            and source_table = $table
            and list_contains($paths, path)
        """,
        {"system": source.system, "table": source.table, "paths": paths},
    )
    return paths


def _find_aged(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, before: date
) -> None:
    """Create the table `aged`: versions of files that are too old, with their rows."""
    raw = f"{identifier(source.schema)}.{identifier(source.table)}"
    in_raw = (
        f"select _file, _batch_id, count(*) as raw_rows from {raw} group by all"
        if table_exists(connection, source.schema, source.table)
        else "select null as _file, null as _batch_id, 0 as raw_rows where false"
    )
    connection.execute(
        f"""
        create or replace temp table aged as
        with

        in_raw as ({in_raw}),

        held as (

            select
                file,
                batch_id,
                count(*) as held_rows
            from quarantine.rows
            where
                source_system = $system
                and source_table = $table
                and stage = 'load'
                and line is not null
            group by all

        )

        select
            files.path,
            files.file_version,
            files.batch_id,
            coalesce(in_raw.raw_rows, 0) as raw_rows,
            coalesce(held.held_rows, 0) as held_rows
        from ops.ingested_files as files
        left join in_raw
            on files.path = in_raw._file and files.batch_id = in_raw._batch_id
        left join held
            on files.path = held.file and files.batch_id = held.batch_id
        where
            files.source_system = $system
            and files.source_table = $table
            and files.dropped_on < $before
            and not exists (
                select 1 from ops.removed_rows as removed
                where
                    files.source_system = removed.source_system
                    and files.source_table = removed.source_table
                    and files.path = removed.path
                    and files.file_version = removed.file_version
            )
            and not exists (
                select 1
                from ops.ingested_files as versions
                inner join ops.batches as batches
                    on versions.batch_id = batches.batch_id
                where
                    files.source_system = versions.source_system
                    and files.source_table = versions.source_table
                    and files.path = versions.path
                    and batches.status in ('pending', 'waiting')
            )
        """,
        {"system": source.system, "table": source.table, "before": before},
    )


def _remove(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, now: datetime
) -> None:
    moment = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    of_table = {"system": source.system, "table": source.table}
    if connection.execute("select 1 from aged where raw_rows > 0 limit 1").fetchall():
        raw = f"{identifier(source.schema)}.{identifier(source.table)}"
        connection.execute(
            f"delete from {raw} "
            "where (_file, _batch_id) in (select (path, batch_id) from aged)"
        )
    connection.execute(
        """
        delete from quarantine.rows
        where
            source_system = $system
            and source_table = $table
            and file in (select path from aged)
            and coalesce(batch_id in (select batch_id from aged), true)
        """,
        of_table,
    )
    connection.execute(
        """
        insert into ops.removed_rows by name
        select
            $system as source_system,
            $table as source_table,
            path,
            file_version,
            raw_rows as rows_removed,
            held_rows as quarantined_removed,
            $now as removed_at
        from aged
        """,
        {**of_table, "now": moment},
    )


def _archive(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, data: DataDir
) -> None:
    """Move files none of whose versions has rows left; those asked for again stay."""
    paths = connection.execute(
        """
        select files.path
        from ops.ingested_files as files
        left join ops.removed_rows as removed
            on
                files.source_system = removed.source_system
                and files.source_table = removed.source_table
                and files.path = removed.path
                and files.file_version = removed.file_version
        where files.source_system = ? and files.source_table = ?
        group by files.path
        having
            count(*) = count(removed.path)
            and count(*) = count(files.changed_at)
        """,
        [source.system, source.table],
    ).fetchall()
    for (path,) in paths:
        if (data.landing / path).exists():
            target = data.archive / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (data.landing / path).replace(target)
