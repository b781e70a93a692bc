"""CSV (RFC 4180, UTF-8): every line is a row, unless quotes say that rows span lines.

A quote that is never closed costs its own row and no other: rows that span lines are
put together only from an opening to the next closing line, and only if the result is a
well-formed row of the right width.
"""

from __future__ import annotations

import csv

import duckdb

from orchestration.ingestion.csv_fields import CsvRow
from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import one_row
from orchestration.ingestion.staged import (
    RefusedFileError,
    RowEquationError,
    Staged,
    refuse_too_many_names,
)
from orchestration.ingestion.text_lines import LineStream, first_line, land_lines

MAX_LINES_PER_ROW = 10_000


def stage(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, file: LandingFile
) -> Staged:
    """Create the view `staged` over a CSV file.

    Raises:
        RefusedFileError: the file has no usable header, or is damaged.
        OSError: the file is gone or cannot be read.
    """
    header, header_line = first_line(file.location)
    if not header_line:
        raise RefusedFileError("is empty")
    stream = LineStream(file.location)
    names, problem = _columns(header, source)
    row = CsvRow(source.delimiter, width=len(names))
    _land_rows(connection, stream, row, header_line)
    stream.check()
    _join_rows_that_span_lines(connection, row)
    connection.execute(
        """
        create or replace temp view staged as
        select
            line,
            problem,
            rtrim(text, chr(13) || chr(10)) as text,
            fields
        from lines
        where not is_blank
        """
    )
    rows = _count_rows(connection, stream, header_line, file)
    if problem:
        raise RefusedFileError(problem, rows)
    refuse_too_many_names(names, source.columns, rows)
    return Staged(
        columns={name: f"fields[{i}]" for i, name in enumerate(names, start=1)},
        rows=rows,
    )


def _columns(header: bytes, source: SourceTable) -> tuple[list[str], str | None]:
    """Return the raw names of the header, and what makes it unusable."""
    try:
        text = header.decode("utf-8-sig").rstrip("\r\n")
        fields = next(csv.reader([text], delimiter=source.delimiter, strict=True))
    except UnicodeDecodeError:
        return [""], "has a header that is not valid UTF-8"
    except csv.Error as error:
        return [""], f"has a header that is not a line of CSV ({error})"
    names = [snake_case(name) or f"column_{i}" for i, name in enumerate(fields, 1)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        return names, f"has a header that names {', '.join(twice)} more than once"
    lacking = [name for name in source.key if name not in names]
    if lacking or not set(names) & set(source.columns):
        return names, (
            f"has a header without {', '.join(lacking) or 'any declared column'}: is "
            f"it a file of {source.name}, with {source.delimiter!r} between fields?"
        )
    return names, None


def _land_rows(
    connection: duckdb.DuckDBPyConnection,
    stream: LineStream,
    row: CsvRow,
    header_line: int,
) -> None:
    """Create the table `lines`: every line after the header, split where it can be."""
    land_lines(
        connection,
        stream,
        f"""
        , bodies as (

            select
                line,
                text,
                rtrim(text, chr(13) || chr(10)) as body,
                problem is null as is_text,
                problem
            from decoded
            where line > {header_line}

        ),

        split as (

            select
                *,
                is_text
                and (strlen(body) - strlen(replace(body, '"', ''))) % 2 = 1 as is_open,
                case when is_text then {row.fields} end as fields
            from bodies

        )

        select
            line,
            1 as line_count,
            text,
            body = '' as is_blank,
            is_text,
            is_open,
            fields,
            case
                when problem is not null then problem
                when is_open then 'has a quote that is not closed'
                when fields is null
                    then 'has a quote that neither encloses a field nor is doubled'
                when len(fields) <> {row.width}
                    then 'has ' || len(fields) || ' fields where the header has '
                        || {row.width}
            end as problem
        from split
        """,
    )


def _join_rows_that_span_lines(
    connection: duckdb.DuckDBPyConnection, row: CsvRow
) -> None:
    """Replace the lines of each row that spans several by one row."""
    if not connection.execute("select 1 from lines where is_open limit 1").fetchall():
        return
    # A span that swallows complete rows is a broken quote and, later, another one.
    swallows = f"{row.width} > 1 and complete >= 3 and complete * 2 > between_lines"
    connection.execute(
        f"""
        create or replace temp table spans as
        with

        open_lines as (

            select
                line as first_line,
                lead(line) over (order by line) as last_line,
                row_number() over (order by line) as nth
            from lines
            where is_open

        ),

        candidates as (

            select
                open_lines.nth,
                open_lines.first_line,
                open_lines.last_line,
                string_agg(lines.text, '' order by lines.line) as text,
                count(*) - 2 as between_lines,
                count(*) filter (
                    lines.line not in (open_lines.first_line, open_lines.last_line)
                    and len(lines.fields) = {row.width}
                ) as complete
            from open_lines
            inner join lines
                on lines.line between open_lines.first_line and open_lines.last_line
            where open_lines.last_line - open_lines.first_line < {MAX_LINES_PER_ROW}
            group by all
            having bool_and(lines.is_text)

        ),

        bodies as (

            select
                *,
                rtrim(text, chr(13) || chr(10)) as body
            from candidates
            where not ({swallows})

        ),

        well_formed as (

            select
                *,
                {row.fields} as fields
            from bodies
            where len(fields) = {row.width}

        ),

        -- Neighbours share a line: of each run of them the 1st, 3rd, 5th … are rows.
        runs as (

            select
                *,
                nth - row_number() over (order by nth) as run
            from well_formed

        )

        select
            *,
            row_number() over (partition by run order by nth) as place
        from runs
        qualify place % 2 = 1;

        delete from lines
        using spans
        where lines.line between spans.first_line and spans.last_line;

        insert into lines by name
        select
            first_line as line,
            last_line - first_line + 1 as line_count,
            text,
            false as is_blank,
            true as is_text,
            false as is_open,
            fields
        from spans;

        drop table spans;
        """
    )


def _count_rows(
    connection: duckdb.DuckDBPyConnection,
    stream: LineStream,
    header_line: int,
    file: LandingFile,
) -> int:
    """Count the rows, and prove that they hold every line of the file."""
    rows, held = one_row(
        connection.execute(
            """
        select
            count(*) filter (not is_blank),
            coalesce(sum(line_count), 0)
        from lines
        """
        )
    )
    read = stream.lines - header_line
    if held != read:
        raise RowEquationError(
            f"{file.path} has {read} lines after its header, but {held} are in rows. "
            "This is an error of the loader, please report it with the file."
        )
    return rows
