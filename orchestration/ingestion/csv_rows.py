"""CSV (RFC 4180, UTF-8): every line is a row, unless quotes say that rows span lines.

A quote that is never closed costs its own row and no other: rows that span lines are
put together only from an opening to the next closing line, and only if the result is a
well-formed row of the right width.
"""

from __future__ import annotations

import csv
import re

import duckdb

from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.naming import literal, snake_case
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.staged import (
    RefusedFileError,
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
    _land_rows(connection, stream, source.delimiter, header_line)
    stream.check()
    _join_rows_that_span_lines(connection, source.delimiter, len(names))
    connection.execute(_staged_view(len(names)))
    _reconcile(connection, stream, header_line, file)

    (rows,) = connection.execute("select count(*) from staged").fetchone()
    if problem:
        raise RefusedFileError(problem, rows)
    refuse_too_many_names(names, source.columns, rows)
    return Staged(
        columns={
            name: f"if(has_quote, fields[{i}], nullif(fields[{i}], ''))"
            for i, name in enumerate(names, start=1)
        },
        rows=rows,
    )


def _columns(header: bytes, source: SourceTable) -> tuple[list[str], str | None]:
    """Return the raw names of the header, and what makes it unusable."""
    try:
        text = header.decode("utf-8-sig").rstrip("\r\n")
        fields = next(csv.reader([text], delimiter=source.delimiter, strict=True))
    except UnicodeDecodeError:
        return [""], "has a header that is not valid UTF-8"
    except csv.Error:
        return [""], "has a header whose quotes do not close on its line"
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


def _quoted_fields(text: str, delimiter: str) -> str:
    """SQL that splits a well-formed row with quotes in it.

    What is quoted are the even pieces between quotes. Delimiters in there become NUL,
    which no line that comes so far contains, until the row is split.
    """
    mark = literal(delimiter)
    protected = f"""array_to_string(
        list_transform(
            string_split({text}, '"'),
            lambda piece, i: if(i % 2 = 0, replace(piece, {mark}, chr(0)), piece)
        ),
        '"'
    )"""
    unquoted = f"replace(replace(field[2:-2], '\"\"', '\"'), chr(0), {mark})"
    return f"""list_transform(
        string_split({protected}, {mark}),
        lambda field: case
            when field = '' then null
            when starts_with(field, '"') then {unquoted}
            else field
        end
    )"""


def _well_formed(text: str, delimiter: str) -> str:
    """SQL that is true when every quote of the row opens, closes or is doubled."""
    mark = re.escape(delimiter)
    field = f'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return f"regexp_matches({text}, {literal(f'^{field}(?:{mark}{field})*$')})"


def _land_rows(
    connection: duckdb.DuckDBPyConnection,
    stream: LineStream,
    delimiter: str,
    header_line: int,
) -> None:
    """Create the table `lines`: every line after the header, split where it can be."""
    body = "rtrim(text, chr(13) || chr(10))"
    land_lines(
        connection,
        stream,
        f"""
        select
            line,
            1 as line_count,
            text,
            problem,
            problem is null and contains(text, '"') as has_quote,
            problem is null
            and (length(text) - length(replace(text, '"', ''))) % 2 = 1 as is_open,
            case
                when problem is not null then null
                when not contains(text, '"')
                    then string_split({body}, {literal(delimiter)})
                when {_well_formed(body, delimiter)}
                    then {_quoted_fields(body, delimiter)}
            end as fields
        from decoded
        where line > {header_line}
        """,
    )


def _join_rows_that_span_lines(
    connection: duckdb.DuckDBPyConnection, delimiter: str, width: int
) -> None:
    """Replace the lines of each row that spans several by one row."""
    if not connection.execute("select 1 from lines where is_open limit 1").fetchone():
        return
    body = "rtrim(text, chr(13) || chr(10))"
    # A span that swallows complete rows is a broken quote and, later, another one.
    swallows = f"{width} > 1 and complete >= 3 and complete * 2 > between_lines"
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
                    and len(lines.fields) = {width}
                ) as complete
            from open_lines
            inner join lines
                on lines.line between open_lines.first_line and open_lines.last_line
            where open_lines.last_line - open_lines.first_line < {MAX_LINES_PER_ROW}
            group by all
            having count(lines.problem) = 0

        ),

        well_formed as (

            select
                *,
                {_quoted_fields(body, delimiter)} as fields
            from candidates
            where {_well_formed(body, delimiter)} and not ({swallows})

        ),

        -- Neighbours share a line: of each run of them the 1st, 3rd, 5th … are rows.
        runs as (

            select
                *,
                nth - row_number() over (order by nth) as run
            from well_formed
            where len(fields) = {width}

        )

        select
            *,
            row_number() over (partition by run order by nth) as place
        from runs
        qualify place % 2 = 1;

        delete from lines
        using spans
        where lines.line between spans.first_line and spans.last_line;

        insert into lines
        select
            first_line,
            last_line - first_line + 1,
            text,
            null,
            true,
            false,
            fields
        from spans;

        drop table spans;
        """
    )


def _staged_view(width: int) -> str:
    return f"""
        create or replace temp view staged as
        select
            line,
            has_quote,
            fields,
            rtrim(text, chr(13) || chr(10)) as text,
            case
                when problem is not null then problem
                when is_open then 'has a quote that is not closed'
                when fields is null
                    then 'has a quote that neither encloses a field nor is doubled'
                when len(fields) <> {width}
                    then 'has ' || len(fields) || ' fields where the header has '
                        || {width}
            end as problem
        from lines
        where text <> '' and trim(text, chr(13) || chr(10)) <> ''
    """


def _reconcile(
    connection: duckdb.DuckDBPyConnection,
    stream: LineStream,
    header_line: int,
    file: LandingFile,
) -> None:
    (held,) = connection.execute(
        "select coalesce(sum(line_count), 0) from lines"
    ).fetchone()
    read = max(stream.lines - header_line, 0)
    if held != read:
        raise AssertionError(
            f"{file.path} has {read} lines after its header, but {held} became rows."
        )
