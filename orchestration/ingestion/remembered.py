"""What `state/` remembers of files: the batch under which each was loaded, and when.

A lost warehouse is loaded anew batch by batch, as it was: rows bear the same batch and
time, and what was decided on a batch holds. Belongs here: telling which new files are
old acquaintances. Does not belong here: writing the mirror (`kept/state.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.ledger import FileResult
from orchestration.ingestion.sources import SourceTable
from orchestration.kept.state import LEDGER, StateUnreadableError, read_parquet
from orchestration.warehouse import DataDir

_FILES, _BATCHES, _FINDINGS, _REMOVED = LEDGER


@dataclass(frozen=True)
class Remembered:
    """The newest version of a file that was ever in the ledger."""

    path: str
    version: int
    sha256: str
    rows_loaded: int
    batch_id: str | None
    """The batch of the files that were loaded with it, None if none was."""
    loaded_at: datetime


@dataclass
class Share:
    """Files that are loaded as one batch."""

    batch_id: str
    loaded_at: datetime
    files: list[LandingFile] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    """Versions of files that `state/` remembers and the warehouse does not, by path."""
    rows: dict[str, int] = field(default_factory=dict)
    """Rows that were loaded of each file the last time; of a new batch none."""


def shares(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    data: DataDir,
    unread: list[LandingFile],
    now: datetime,
) -> list[Share]:
    """Divide unread files into the batches that they once were, and a new one at last.

    Raises:
        StateUnreadableError: a file of the ledger's mirror is damaged.
    """
    new = Share(_new_batch_id(source, now), now)
    known = {
        file.path: file
        for file in _remembered(connection, source, data, (f.path for f in unread))
    }
    past: dict[datetime, Share] = {}
    for file in unread:
        before = known.get(file.path)
        if before and before.sha256 == _hash_of(file):
            moment = before.loaded_at
            share = past.setdefault(
                moment, Share(before.batch_id or _new_batch_id(source, moment), moment)
            )
            share.rows[file.path] = before.rows_loaded
            share.versions[file.path] = before.version
        else:
            share = new
            if before:
                share.versions[file.path] = before.version + 1
        share.files.append(file)
    return [*(past[moment] for moment in sorted(past)), new]


def lost_files(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    data: DataDir,
    found: Iterable[str],
) -> list[str]:
    """Return paths whose rows a rebuilt warehouse lacks, as landing/ has them no more.

    A table that has rows was not lost: its files may go. So may those that retention
    moved away.
    """
    is_lost = connection.execute(
        "select count(*) = 0 from ops.ingested_files "
        "where source_system = ? and source_table = ?",
        [source.system, source.table],
    ).fetchall()[0][0]
    if not is_lost:
        return []
    there = {*found, *_removed(connection, source, data)}
    return sorted(
        file.path
        for file in _remembered(connection, source, data, None)
        if file.rows_loaded and file.path not in there
    )


def _removed(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, data: DataDir
) -> list[str]:
    """Return the paths of files whose rows retention removed."""
    mirror = _REMOVED.mirror(data)
    if not mirror.exists():
        return []
    rows = connection.execute(
        f"select path from {read_parquet(mirror)} "
        "where source_system = ? and source_table = ?",
        [source.system, source.table],
    ).fetchall()
    return [path for (path,) in rows]


def decide_again(
    connection: duckdb.DuckDBPyConnection,
    data: DataDir,
    share: Share,
    loaded: Iterable[FileResult],
) -> None:
    """Let what was decided on a batch hold, if its files gave the same rows again."""
    rows: Mapping[str, int] = {file.path: file.rows_loaded for file in loaded}
    if not share.rows or rows != {p: n for p, n in share.rows.items() if p in rows}:
        return
    decisions = _BATCHES.mirror(data)
    if decisions.exists():
        connection.execute(
            f"""
            update ops.batches
            set
                status = kept.status,
                decided_at = kept.decided_at,
                decided_by = kept.decided_by,
                reason = kept.reason
            from {read_parquet(decisions)} as kept
            where batches.batch_id = kept.batch_id and kept.batch_id = $batch_id
            """,
            {"batch_id": share.batch_id},
        )
    findings = _FINDINGS.mirror(data)
    if findings.exists():
        connection.execute(
            f"insert into ops.gate_results by name from {read_parquet(findings)} "
            "where version = $batch_id",
            {"batch_id": share.batch_id},
        )


def _remembered(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    data: DataDir,
    paths: Iterable[str] | None,
) -> Iterator[Remembered]:
    """Yield what is remembered of files, or of all, unknown to the warehouse."""
    mirror = _FILES.mirror(data)
    asked = None if paths is None else list(paths)
    if asked == [] or not mirror.exists():
        return
    try:
        found = connection.execute(
            f"""
            with

            kept as (

                select
                    path,
                    file_version,
                    sha256,
                    rows_loaded,
                    max(batch_id) over (partition by ingested_at) as batch_id,
                    ingested_at
                from {read_parquet(mirror)}
                where source_system = $system and source_table = $table
                qualify row_number() over (
                    partition by path order by file_version desc
                ) = 1

            ),

            known as (

                select
                    path,
                    max(file_version) as file_version
                from ops.ingested_files
                where source_system = $system and source_table = $table
                group by path

            )

            select kept.*
            from kept
            left join known on kept.path = known.path
            where
                kept.file_version > coalesce(known.file_version, 0)
                and ($paths is null or list_contains($paths, kept.path))
            """,
            {"system": source.system, "table": source.table, "paths": asked},
        ).fetchall()
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        raise StateUnreadableError(
            f"{mirror} cannot be read ({str(error).splitlines()[0]}). Put a backup of "
            "it back, or delete it: every file is then judged as if it were new."
        ) from error
    for row in found:
        yield Remembered(*row)


def _hash_of(file: LandingFile) -> str | None:
    """Return the hash of a file, None if it cannot be read; loading it says why."""
    try:
        return file.sha256()
    except OSError:
        return None


def _new_batch_id(source: SourceTable, now: datetime) -> str:
    token = secrets.token_hex(4)
    return f"{now:%Y%m%dT%H%M%S.%fZ}-{source.system}-{source.table}-{token}"
