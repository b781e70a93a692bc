"""Parquet: rows and names come from the file itself; every value becomes text."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import literal
from orchestration.ingestion.staged import (
    MAX_ROW_BYTES,
    NUL_PROBLEM,
    RefusedFileError,
    Staged,
    refuse_too_many_names,
    spells_nul,
)


def stage(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, file: LandingFile
) -> Staged:
    """Create the view `staged` over a Parquet file; `line` is the row number.

    Raises:
        RefusedFileError: the file is not Parquet, damaged, or names a column twice.
        OSError: the file is gone or cannot be read.
    """
    if not file.bytes:
        raise RefusedFileError("is empty")
    try:
        with pq.ParquetFile(file.location) as parquet:
            return _stage(connection, source, parquet)
    except pa.ArrowException as error:
        first_line = str(error).splitlines()[0]
        raise RefusedFileError(f"is not readable as Parquet ({first_line})") from error


def _stage(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, parquet: pq.ParquetFile
) -> Staged:
    schema = parquet.schema_arrow
    rows = parquet.metadata.num_rows
    names = [snake_case(n) or f"column_{i}" for i, n in enumerate(schema.names, 1)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RefusedFileError(f"names {', '.join(twice)} more than once", rows)
    refuse_too_many_names(names, source.columns, rows)

    positions = [f"c{i}" for i in range(1, len(names) + 1)]
    shape = pa.schema(
        [("line", pa.int64())]
        + [(p, field.type) for p, field in zip(positions, schema, strict=True)]
    )
    errors: list[Exception] = []

    def batches() -> Iterator[pa.RecordBatch]:
        # An exception that crossed DuckDB would abort the batch of all files.
        line = 1
        try:
            for batch in parquet.iter_batches():
                batch.validate(full=True)
                numbers = pa.array(range(line, line + batch.num_rows), pa.int64())
                line += batch.num_rows
                yield pa.RecordBatch.from_arrays(
                    [numbers, *batch.columns], schema=shape
                )
        except (pa.ArrowException, OSError) as error:
            errors.append(error)

    connection.register("incoming", pa.RecordBatchReader.from_batches(shape, batches()))
    try:
        _land_rows(connection, names, [field.type for field in schema])
    finally:
        connection.unregister("incoming")
    if errors:
        raise RefusedFileError(f"has damaged data ({str(errors[0])[:200]})", rows)
    connection.execute("create or replace temp view staged as select * from lines")
    return Staged(
        columns={name: f"fields[{i}]" for i, name in enumerate(names, start=1)},
        rows=rows,
    )


def _land_rows(
    connection: duckdb.DuckDBPyConnection, names: list[str], types: list[pa.DataType]
) -> None:
    """Create the table `lines` from `incoming`, whose columns are c1, c2 and so on."""
    positions = [f"c{i}" for i in range(1, len(names) + 1)]
    is_json = {p: pa.types.is_nested(t) for p, t in zip(positions, types, strict=True)}
    spelt = [
        f"cast({f'to_json({p})' if is_json[p] else p} as varchar) as {p}"
        for p in positions
    ]
    # Numbers and times are neither long nor text.
    texts = [
        p for p, t in zip(positions, types, strict=True) if not pa.types.is_primitive(t)
    ]
    size = " + ".join(f"coalesce(strlen({p}), 0)" for p in texts) or "0"
    nul = " or ".join(
        spells_nul(p) if is_json[p] else f"contains({p}, chr(0))" for p in texts
    )
    named = [
        f"{literal(name)}, {f'cast({p} as json)' if is_json[p] else p}"
        for name, p in zip(names, positions, strict=True)
    ]
    connection.execute(
        f"""
        create or replace temp table lines as
        with

        spelt as (

            select {", ".join(["line", *spelt])}
            from incoming

        ),

        judged as (

            select
                *,
                case
                    when {size} > {MAX_ROW_BYTES}
                        then 'has ' || ({size}) || ' bytes; at most {MAX_ROW_BYTES} '
                            || 'are allowed'
                    when {nul or "false"} then {literal(NUL_PROBLEM)}
                end as problem
            from spelt

        )

        select
            line,
            problem,
            case
                when problem is not null
                    then cast(json_object({", ".join(named)}) as varchar)
            end as text,
            cast([{", ".join(positions)}] as varchar[]) as fields
        from judged
        """
    )
