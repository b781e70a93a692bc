"""JSON lines: every line that is not blank is a row, every top-level key a column."""

from __future__ import annotations

import codecs

import duckdb

from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import literal, one_row
from orchestration.ingestion.staged import (
    NUL_PROBLEM,
    RefusedFileError,
    Staged,
    refuse_too_many_names,
    spells_nul,
)
from orchestration.ingestion.text_lines import (
    LinesAtHand,
    LineStream,
    first_line,
    land_lines,
)


def stage(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, file: LandingFile
) -> Staged:
    """Create the view `staged` over a file of JSON lines.

    Raises:
        RefusedFileError: the file is empty, no text, or damaged.
        OSError: the file is gone or cannot be read.
    """
    line, number = first_line(file.location)
    if not number:
        raise RefusedFileError("is empty")
    if line.removeprefix(codecs.BOM_UTF8).strip() == b"[":
        raise RefusedFileError("is one JSON array; it must have an object on each line")
    return stage_lines(connection, source, LineStream(file.location))


def stage_lines(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    stream: LineStream | LinesAtHand,
) -> Staged:
    """Create the view `staged` over lines of a file, all or some of them.

    Raises:
        RefusedFileError: the file is damaged, or its keys cannot be column names.
        OSError: the file is gone or cannot be read.
    """
    _land_rows(connection, stream)
    stream.check()
    (rows,) = one_row(connection.execute("select count(*) from lines"))

    # Many lines have few shapes; what is asked of these need not be asked of each line.
    connection.execute(
        "create or replace temp table shapes as "
        "select distinct keys from lines where keys is not null"
    )
    keys_of: dict[str, list[str]] = {}
    for (key,) in connection.execute(
        "select distinct unnest(keys) as key from shapes order by key"
    ).fetchall():
        keys_of.setdefault(snake_case(key) or "column", []).append(key)
    refuse_too_many_names(keys_of, source.columns, rows)

    keys = [key for same in keys_of.values() for key in same]
    place = {key: i for i, key in enumerate(keys, start=1)}
    twice = _has_a_column_twice(keys_of)
    found = connection.execute(f"select 1 from shapes where {twice} limit 1").fetchall()
    connection.execute(_staged_view(keys, twice if found else "false"))
    return Staged(
        columns={
            name: f"coalesce({', '.join(f'fields[{place[key]}]' for key in same)})"
            for name, same in keys_of.items()
        },
        rows=rows,
    )


def _land_rows(
    connection: duckdb.DuckDBPyConnection, stream: LineStream | LinesAtHand
) -> None:
    """Create the table `lines` with the keys of each line that is a JSON object."""
    blank = "chr(9) || chr(10) || chr(13) || ' '"
    land_lines(
        connection,
        stream,
        f"""
        , trimmed as (

            select
                line,
                problem,
                trim(
                    if(line = 1, ltrim(text, chr(65279)), text), {blank}
                ) as text,
                not ends_with(text, chr(10)) as is_cut_off
            from decoded

        ),

        parsed as (

            select
                line,
                text,
                case
                    when problem is not null then problem
                    when not json_valid(text)
                        then 'is not valid JSON'
                            || if(is_cut_off, ': the file ends inside it', '')
                    when json_type(text) <> 'OBJECT'
                        then 'is a JSON ' || case json_type(text)
                            when 'ARRAY' then 'array'
                            when 'VARCHAR' then 'string'
                            when 'BOOLEAN' then 'boolean'
                            when 'NULL' then 'null'
                            else 'number'
                        end || ' where an object is expected'
                    when {spells_nul("text")} then {literal(NUL_PROBLEM)}
                end as problem
            from trimmed
            where text <> ''

        )

        select
            *,
            case when problem is null then json_keys(text) end as keys
        from parsed
        """,
    )


def _has_a_column_twice(keys_of: dict[str, list[str]]) -> str:
    """Return the condition on `keys` that two of them name the same column."""
    rivals = [
        f"len(list_intersect(keys, [{', '.join(map(literal, same))}])) > 1"
        for same in keys_of.values()
        if len(same) > 1
    ]
    return " or ".join(["len(keys) <> len(list_distinct(keys))", *rivals])


def _staged_view(keys: list[str], twice: str) -> str:
    paths = ", ".join(literal("/" + _escape(key)) for key in keys) or "''"
    return f"""
        create or replace temp view staged as
        with

        judged as (

            select
                line,
                text,
                case
                    when problem is not null then problem
                    when {twice} then 'has a key more than once'
                end as problem
            from lines

        )

        select
            *,
            case
                when problem is null then json_extract_string(text, [{paths}])
            end as fields
        from judged
    """


def _escape(key: str) -> str:
    """Escape a key for a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
