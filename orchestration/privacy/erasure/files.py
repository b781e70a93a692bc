"""One landing file: rows of erased people taken out or kept as numbers, in place.

Belongs here: finding the rows in a file of any format and writing the file anew. Does
not belong here: judging a row (`rows.py`), and which files there are (`erase.py`).

Rows of CSV are cut by the loader's own reader, so what is judged is what was loaded. A
line that goes is left blank: the others keep their numbers. The new file takes the
place of the old one in one step, and bears its times.
"""

from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.ingestion import csv_rows, jsonl_rows
from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import named_rows
from orchestration.ingestion.staged import DROP_STAGED, RefusedFileError, Staged
from orchestration.ingestion.text_lines import READ_ERRORS, LinesAtHand, open_bytes
from orchestration.privacy.erasure.changes import Change, Place, put_in_place
from orchestration.privacy.erasure.needles import Needles
from orchestration.privacy.erasure.parquet_files import redact_parquet
from orchestration.privacy.erasure.rows import Judge, Redactor, Verdict, judge

_CHUNK = 8 * 1024 * 1024


@dataclass(frozen=True)
class _Row:
    """A row that holds a word."""

    values: Mapping[str, str | None]
    left: Callable[[Verdict], str] = str
    """What is left of it."""
    is_bad: bool = False
    """Whether it could not be loaded."""
    lines: int = 1


@dataclass(frozen=True)
class _Edit:
    """What stands instead of some lines of a text file; None: nothing."""

    lines: int
    text: str | None

    @property
    def as_lines(self) -> list[bytes]:
        """As many lines as before, without their ends."""
        new = (self.text or "").encode().split(b"\n")
        return new + [b""] * (self.lines - len(new))


def redact_file(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    file: LandingFile,
    redactor: Redactor,
    place: Place = put_in_place,
    judged: Judge | None = None,
) -> Change | None:
    """Take the words of a batch out of a landing file; None if it has none of them.

    Args:
        connection: any; temporary tables are made in it.
        source: the table that the file is of.
        file: the file.
        redactor: of the table.
        place: what is done with the file; by default, it is written anew.
        judged: what becomes of a row; by default, what `rows.judge` says.

    Raises:
        OSError: the file cannot be read or written.
    """
    judged = judged or (lambda row: judge(row, redactor.policy, redactor.words))
    needles = redactor.words.sought(source.system)
    if file.location.suffix.lower() == ".parquet":
        return redact_parquet(connection, source, file, redactor, place, judged)
    try:
        hits = dict(_lines_with(file.location, needles))
    except READ_ERRORS:
        return None
    if not hits:
        return None
    edits, change = _edits(connection, source, file, redactor, judged, hits)
    if not edits:
        return None

    def write(target: BinaryIO) -> None:
        if file.location.suffix.lower() == ".gz":
            with gzip.GzipFile("", "wb", 6, target, mtime=0) as packed:
                _write_lines(file.location, edits, cast(BinaryIO, packed))
        else:
            _write_lines(file.location, edits, target)

    return place(file.location, change, write)


def _edits(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    file: LandingFile,
    redactor: Redactor,
    judged: Judge,
    hits: Mapping[int, bytes],
) -> tuple[dict[int, _Edit], Change]:
    change, edits = Change(file.path), {}
    if _format_of(source, file) == "csv":
        rows = _csv_rows(connection, source, file, redactor, hits)
    else:
        rows = _json_rows(connection, source, redactor, hits)
    for line, row in rows:
        verdict = judged(row.values)
        if verdict and row.is_bad:
            verdict = Verdict.REMOVED
        if verdict:
            left = None if verdict is Verdict.REMOVED else row.left(verdict)
            edits[line] = _Edit(row.lines, left)
            change = change.counting(verdict, is_bad=row.is_bad)
    return edits, change


def _json_rows(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    redactor: Redactor,
    hits: Mapping[int, bytes],
) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of these lines, which costs less than to read all of the file."""
    good: set[int] = set()
    with suppress(RefusedFileError):
        jsonl_rows.stage_lines(connection, source, LinesAtHand(hits))
        good = {
            line
            for (line,) in connection.execute(
                "select line from staged where problem is null"
            ).fetchall()
        }
    connection.execute(DROP_STAGED)
    for line, content in hits.items():
        text = content.decode(errors="replace").strip().removeprefix("\ufeff")
        if line not in good:
            yield line, _Row({"": text}, is_bad=True)
            continue
        values = {
            snake_case(name): value
            if isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
            for name, value in json.loads(text).items()
        }
        yield line, _Row(values, partial(redactor.json_line, text))


def _csv_rows(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    file: LandingFile,
    redactor: Redactor,
    hits: Mapping[int, bytes],
) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of a CSV file that the lines belong to; a row may span several."""
    try:
        staged = csv_rows.stage(connection, source, file)
    except RefusedFileError:
        # Nothing of it was loaded, so nothing is lost with its lines.
        for line, content in hits.items():
            yield line, _Row({"": content.decode(errors="replace")}, is_bad=True)
        return
    columns = list(staged.columns)
    for row in _rows_at(connection, staged, list(hits)):
        text, is_bad = row["c360_text"], row["c360_problem"] is not None
        yield (
            row["c360_line"],
            _Row(
                {"": text} if is_bad else {name: row[name] for name in columns},
                partial(redactor.csv_line, text, columns, source.delimiter),
                is_bad=is_bad,
                lines=text.count("\n") + 1,
            ),
        )
    connection.execute(DROP_STAGED)


def _rows_at(
    connection: duckdb.DuckDBPyConnection, staged: Staged, hits: list[int]
) -> list[dict[str, Any]]:
    """Return the rows that the lines belong to: each begins at or before its line."""
    values = ", ".join(
        f'case when problem is null then {sql} end as "{name}"'
        for name, sql in staged.columns.items()
    )
    connection.register("hits", pa.table({"line": pa.array(hits, pa.int64())}))
    try:
        return named_rows(
            connection.execute(
                f"""
                with

                begins as (select line from staged),

                at_hits as (

                    select distinct begins.line
                    from hits
                    asof inner join begins on hits.line >= begins.line

                )

                select
                    line as c360_line,
                    text as c360_text,
                    problem as c360_problem,
                    {values}
                from staged
                semi join at_hits using (line)
                order by line
                """
            )
        )
    finally:
        connection.unregister("hits")


def _lines_with(path: Path, needles: Needles) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of the lines that hold any of the words."""
    before = 0
    for data in _whole_lines(path):
        whole = data if data.endswith(b"\n") else data + b"\n"
        ends = np.flatnonzero(np.frombuffer(whole, np.uint8) == 10)
        # The middle of a word is in its line, whatever sign it is sought with.
        middles = [
            place + len(needles.words[word]) // 2 for place, word in needles.find(whole)
        ]
        for line in np.unique(np.searchsorted(ends, middles)).tolist():
            start = int(ends[line - 1]) + 1 if line else 0
            yield before + line + 1, whole[start : int(ends[line])]
        before += len(ends)


def _whole_lines(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces that end where a line does."""
    rest = b""
    with open_bytes(path) as content:
        while chunk := content.read(_CHUNK):
            data = rest + chunk
            cut = data.rfind(b"\n") + 1
            rest = data[cut:]
            if cut:
                yield data[:cut]
    if rest:
        yield rest


def _write_lines(path: Path, edits: Mapping[int, _Edit], target: BinaryIO) -> None:
    """Copy a text file with some of its lines replaced, none of them renumbered."""
    news = {
        line + offset: new
        for line, edit in edits.items()
        for offset, new in enumerate(edit.as_lines)
    }
    numbers = sorted(news)
    before = 0
    for data in _whole_lines(path):
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
        last = before + len(ends) + (not data.endswith(b"\n"))
        written = 0
        here = numbers[bisect_right(numbers, before) : bisect_right(numbers, last)]
        for line in here:
            place = line - before - 1
            start = int(ends[place - 1]) + 1 if place else 0
            stop = int(ends[place]) if place < len(ends) else len(data)
            stop -= data[start:stop].endswith(b"\r")
            target.write(data[written:start] + news[line])
            written = stop
        target.write(data[written:])
        before = last


def _format_of(source: SourceTable, file: LandingFile) -> str:
    """Return whether a text file is CSV or JSON lines, by its name."""
    name = file.location.name.lower().removesuffix(".gz")
    is_json = name.endswith((".jsonl", ".ndjson", ".json"))
    return "jsonl" if is_json and "jsonl" in source.formats else "csv"
