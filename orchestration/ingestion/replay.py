"""Rows of quarantine that somebody mended go back through the one door.

They land as a new file beside the one they come from, dated like it, and each says in a
column of its own which row of quarantine it stands for. So the ledger and the row
equation hold file by file, a warehouse that is built anew from its landing files knows
what was replayed, and a replay that is repeated finds nothing to do.

Belongs here: which rows go back, and where to. Does not belong here: how they are
written (`mended_rows.py`) and loaded (`loader.py`).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.ingestion.landing import SETTLE_SECONDS
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.mended_rows import MendedRow, write_columns, write_lines
from orchestration.ingestion.quarantine import MAX_TEXT_LENGTH
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import literal
from orchestration.warehouse import DataDir


@dataclass
class ReplayResult:
    """What became of the rows of a file of mended rows."""

    files: list[str] = field(default_factory=list)
    """Landing files that were written, relative to landing/."""
    replayed: int = 0
    done_before: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)
    """A sentence for each row that was changed, or asked for, and stays."""


def replay(
    connection: duckdb.DuckDBPyConnection,
    sources: list[SourceTable],
    data: DataDir,
    mended: Path,
    now: datetime,
    settle_seconds: float = SETTLE_SECONDS,
) -> ReplayResult:
    """Land and load the rows of `mended` whose text was changed; the others stay.

    Args:
        connection: the warehouse, with no transaction open.
        sources: the declared source tables.
        data: the data directory that holds landing/.
        mended: JSON lines with `row_id` and `text`, as `quarantine show --out` writes.
        now: the time to be written down, UTC.
        settle_seconds: as for `load_table`.

    Raises:
        ValueError: the file is no such file.
        FileNotFoundError: there is no such file.
    """
    by_name = {source.name: source for source in sources}
    _read(connection, mended)
    # What an interrupted replay landed is loaded first, lest its rows land twice.
    tables = connection.execute(
        """
        select distinct held.source_system || '.' || held.source_table
        from mended
        inner join quarantine.open_rows as held on mended.row_id = held.row_id
        """
    ).fetchall()
    touched = [by_name[name] for (name,) in tables if name in by_name]
    for source in touched:
        load_table(connection, source, data, now, settle_seconds)

    result = ReplayResult()
    for (table, file, dropped_on), rows in _changed_rows(connection, result).items():
        source = by_name[table]
        good = _land(connection, source, data, file, dropped_on, rows, result)
        result.replayed += good
    if result.files:
        for source in touched:
            load_table(connection, source, data, now, settle_seconds)
    return result


def _read(connection: duckdb.DuckDBPyConnection, mended: Path) -> None:
    """Create the temporary table `mended`."""
    if not mended.is_file():
        raise FileNotFoundError(
            f"There is no file {mended}. Write one with: "
            "c360 quarantine show SOURCE.TABLE --out FILE"
        )
    try:
        connection.execute(
            f"""
            create or replace temp table mended as
            select row_id, any_value(text order by text) as text
            from read_json(
                {literal(str(mended))},
                format = 'newline_delimited',
                columns = {{row_id: 'varchar', text: 'varchar'}}
            )
            group by row_id
            """
        )
    except (duckdb.InvalidInputException, duckdb.DataError) as error:
        raise ValueError(
            f"{mended} is not JSON lines with row_id and text, as "
            "`c360 quarantine show --out` writes them: "
            f"{str(error).splitlines()[0]}"
        ) from error


def _changed_rows(
    connection: duckdb.DuckDBPyConnection, result: ReplayResult
) -> dict[tuple[str, str, date], list[MendedRow]]:
    """Return what is to be replayed, by table, file and day; count the rest."""
    rows = connection.execute(
        """
        select
            coalesce(mended.row_id, 'without row_id') as row_id,
            mended.text,
            held.source_system || '.' || held.source_table as source,
            held.file,
            held.dropped_on,
            held.stage,
            held.line,
            mended.text is not distinct from held.text as is_unchanged,
            held.row_id is null as is_unknown,
            exists (
                select 1 from quarantine.replays as replays
                where mended.row_id = replays.row_id
            ) as is_done,
            length(held.text) >= ? as is_cut
        from mended
        left join quarantine.open_rows as held
            on mended.row_id = held.row_id and held.line is not null
        order by held.file, held.line
        """,
        [MAX_TEXT_LENGTH],
    ).fetchall()
    changed = defaultdict(list)
    for row_id, text, source, file, dropped_on, stage, line, *what in rows:
        is_unchanged, is_unknown, is_done, is_cut = what
        if is_unknown and is_done:
            result.done_before += 1
        elif is_unknown:
            result.refused.append(f"{row_id}: no such row is in quarantine.")
        elif is_unchanged:
            result.unchanged += 1
        elif is_cut or not text:
            why = "has no text" if not text else "is too long to be kept whole"
            result.refused.append(f"{file}, line {line}: the row {why}; mend the file.")
        else:
            row = MendedRow(row_id, text, stage, line)
            changed[source, file, dropped_on].append(row)
    return changed


def _land(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    data: DataDir,
    file: str,
    dropped_on: date,
    rows: list[MendedRow],
    result: ReplayResult,
) -> int:
    """Land the good ones of the mended rows of one file; return how many."""
    landed = 0
    # What has no lines is shown as columns, at whatever stage it was held.
    has_lines = not file.lower().endswith(".parquet")
    for stage, write in (("load", write_lines), ("cast", write_columns)):
        of_stage = [row for row in rows if row.stage == stage]
        if not of_stage:
            continue
        write = write if has_lines else write_columns
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder) / Path(file).name.removesuffix(".gz")
            refused = write(connection, source, data.landing / file, draft, of_stage)
            for row in of_stage:
                if reason := refused.get(row.row_id):
                    result.refused.append(f"{file}, line {row.line}: the row {reason}.")
            if len(refused) < len(of_stage):
                path = _put(draft, data.landing / file, dropped_on)
                result.files.append(str(path.relative_to(data.landing)))
        landed += len(of_stage) - len(refused)
    return landed


def _put(draft: Path, original: Path, dropped_on: date) -> Path:
    """Put a draft beside the original in one step, under a name that its content says.

    The name sorts right after the original and bears its day: among rows of one key, a
    mended row counts as old as it was, and a snapshot stays one snapshot.
    """
    content = draft.read_bytes()
    stem, day = draft.stem, dropped_on.isoformat()
    stem = stem if day in stem else f"{day}.{stem}"
    name = f"{stem}.replay-{hashlib.sha256(content).hexdigest()[:12]}{draft.suffix}"
    unfinished = original.with_name(f"{name}.tmp")
    unfinished.write_bytes(content)
    return unfinished.replace(original.with_name(name))
