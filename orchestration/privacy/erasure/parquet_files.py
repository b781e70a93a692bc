"""One Parquet file: its rows of erased people taken out or kept as numbers, in place.

Belongs here: Parquet. Does not belong here: files of text (`files.py`), and judging a
row (`rows.py`).
"""

from __future__ import annotations

from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingestion import parquet_rows
from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.staged import DROP_STAGED, RefusedFileError
from orchestration.privacy.erasure.changes import Change, Place
from orchestration.privacy.erasure.rows import Judge, Redactor, Verdict

_TEXT = "concat(chr(10), array_to_string(fields, chr(10)), chr(10))"


def redact_parquet(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    file: LandingFile,
    redactor: Redactor,
    place: Place,
    judged: Judge,
) -> Change | None:
    """Take the words of a batch out of a Parquet file; None if it has none of them.

    The arguments are those of `files.redact_file`. Rows that go leave no gap, so that
    those after them move up.
    """
    try:
        staged = parquet_rows.stage(connection, source, file)
    except RefusedFileError:
        return None
    needles = redactor.words.sought(source.system)
    names = list(staged.columns)
    verdicts: dict[int, Verdict] = {}
    change = Change(file.path)
    reader = connection.sql(
        f"select {_TEXT} as c360_text, line, problem is not null as is_bad, fields "
        "from staged order by line"
    ).to_arrow_reader(100_000)
    for batch in reader:
        found = needles.in_rows(batch.column(0))
        for row in batch.take(sorted(found)).to_pylist() if found else ():
            verdict = judged(dict(zip(names, row["fields"], strict=True)))
            if verdict and row["is_bad"]:
                verdict = Verdict.REMOVED
            if verdict:
                verdicts[row["line"] - 1] = verdict
                change = change.counting(verdict, is_bad=row["is_bad"])
    connection.execute(DROP_STAGED)
    if not verdicts:
        return None

    def write(target: BinaryIO) -> None:
        with pq.ParquetFile(file.location) as old:
            schema = old.schema_arrow
            with pq.ParquetWriter(target, schema, compression="zstd") as new:
                first = 0
                for group in range(old.num_row_groups):
                    rows = old.read_row_group(group)
                    new.write_table(_redacted(rows, first, verdicts, redactor))
                    first += len(rows)

    return place(file.location, change, write)


def _redacted(
    rows: pa.Table, first: int, verdicts: dict[int, Verdict], redactor: Redactor
) -> pa.Table:
    """Return a row group without what is removed, and less in what is kept."""
    here = {
        place: verdict
        for line, verdict in verdicts.items()
        if 0 <= (place := line - first) < len(rows)
    }
    for index, name in enumerate(rows.schema.names):
        column, changed = rows.column(index), False
        values: list[Any] | None = None
        for place, verdict in here.items():
            if verdict is Verdict.REMOVED:
                continue
            values = column.to_pylist() if values is None else values
            new = redactor.value(snake_case(name), values[place], verdict)
            changed |= new != values[place]
            values[place] = new
        if changed:
            field = rows.schema.field(index)
            rows = rows.set_column(index, field, [_typed(values, field.type)])
    stays = [here.get(place) is not Verdict.REMOVED for place in range(len(rows))]
    return rows.filter(pa.array(stays, pa.bool_()))


def _typed(values: list[Any] | None, kind: pa.DataType) -> pa.Array:
    """Return values as a column of its type; what cannot be one is null."""
    try:
        return pa.array(values, kind)
    except (pa.ArrowException, TypeError):
        return pa.array(
            [value if not isinstance(value, str) else None for value in values or ()],
            kind,
        )
