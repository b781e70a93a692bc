"""Mended rows as a file of the format that they come from.

Lines that could not be read are judged again by the reader of their format; rows with a
value of the wrong type are JSON objects of raw columns, and are written out by DuckDB.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingestion import csv_rows, jsonl_rows
from orchestration.ingestion.landing import look_at
from orchestration.ingestion.raw_table import REPLAYS
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import identifier, literal
from orchestration.ingestion.staged import NUL_PROBLEM, RefusedFileError, spells_nul
from orchestration.ingestion.text_lines import first_line


@dataclass(frozen=True)
class MendedRow:
    """A row of quarantine with its text as somebody mended it."""

    row_id: str
    text: str
    stage: str
    line: int


def write_lines(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    original: Path,
    draft: Path,
    rows: list[MendedRow],
) -> dict[str, str]:
    """Write the lines that the loader could read; return why the others stay, by id."""
    is_csv = not draft.name.lower().endswith((".jsonl", ".ndjson", ".json"))
    texts = {row.row_id: _one_line(row.text, is_csv) for row in rows}
    try:
        header = first_line(original)[0].decode("utf-8-sig").rstrip("\r\n")
        head = [header] if is_csv else []
        draft.write_text("\n".join([*head, *texts.values(), ""]), "utf-8")
        reader = csv_rows if is_csv else jsonl_rows
        reader.stage(connection, source, look_at(draft, draft.name))
    except FileNotFoundError:
        return {row.row_id: "comes from a file that is gone" for row in rows}
    except (RefusedFileError, OSError) as error:
        reason = f"cannot be judged: the file {getattr(error, 'reason', error)}"
        return {row.row_id: reason for row in rows}
    judged = dict(connection.execute("select text, problem from staged").fetchall())
    # A text that holds two rows is not found among them.
    refused = {
        row_id: judged.get(text, "is not one row of its file")
        for row_id, text in texts.items()
        if judged.get(text, "") is not None
    }
    marked = [
        _marked(text, row_id, source, is_csv)
        for row_id, text in texts.items()
        if row_id not in refused
    ]
    head = [f"{header}{source.delimiter}{REPLAYS}"] if is_csv else []
    draft.write_text("\n".join([*head, *marked, ""]), "utf-8")
    return refused


def _marked(text: str, row_id: str, source: SourceTable, is_csv: bool) -> str:
    """Return a good row with the id of the row of quarantine that it stands for."""
    if is_csv:
        return f"{text}{source.delimiter}{row_id}"
    fields = text.removesuffix("}")
    comma = "," if fields.strip() != "{" else ""
    return f'{fields}{comma}"{REPLAYS}":"{row_id}"}}'


def _one_line(text: str, is_csv: bool) -> str:
    """Return a row without what ends it; JSON may have been spread over lines."""
    return text.rstrip("\r\n") if is_csv else " ".join(text.split("\n")).strip()


def write_columns(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    original: Path,
    draft: Path,
    rows: list[MendedRow],
) -> dict[str, str]:
    """Write JSON objects of raw columns as rows of the format of the original."""
    connection.execute(
        "create or replace temp table drafted as select unnest($ids) as row_id, "
        "unnest($texts) as text",
        {"ids": [row.row_id for row in rows], "texts": [row.text for row in rows]},
    )
    refused = dict(
        connection.execute(
            f"""
            select
                row_id,
                case
                    when not json_valid(text) or json_type(text) <> 'OBJECT'
                        then 'is not a JSON object of its columns'
                    when {spells_nul("text")} then {literal(NUL_PROBLEM)}
                end as reason
            from drafted
            where reason is not null
            """
        ).fetchall()
    )
    connection.execute(
        "delete from drafted where list_contains(?, row_id)", [list(refused)]
    )
    refused |= _uncast(connection, source)
    connection.execute(
        "delete from drafted where list_contains(?, row_id)", [list(refused)]
    )
    names = connection.execute(
        "select distinct unnest(json_keys(text)) as name from drafted order by name"
    ).fetchall()
    columns = ", ".join(
        f"json_extract_string(text, {literal(f'$.{identifier(name)}')}) "
        f"as {identifier(name)}"
        for (name,) in names
        if not name.startswith("_") and name != REPLAYS
    )
    formats = {".parquet": "format parquet"} | dict.fromkeys(
        (".jsonl", ".ndjson", ".json"), "format json"
    )
    options = formats.get(
        draft.suffix.lower(),
        f"format csv, header, delimiter {literal(source.delimiter)}",
    )
    if columns:
        connection.execute(
            f"copy (select {columns}, row_id as {REPLAYS} from drafted order by row_id)"
            f" to {literal(str(draft))} ({options})"
        )
        return refused
    return {row.row_id: "is not a JSON object of its columns" for row in rows} | refused


def _uncast(
    connection: duckdb.DuckDBPyConnection, source: SourceTable
) -> dict[str, str]:
    """Return why staging would quarantine rows of `drafted` once more, by id."""
    faults = []
    for name, declared in source.columns.items():
        if declared in ("varchar", "text", "string"):
            continue
        value = f"json_extract_string(text, {literal(f'$.{identifier(name)}')})"
        filled = f"nullif(trim({value}), '')"
        cast = f"try_cast({filled} as {declared})"
        if written := source.date_formats.get(name):
            cast = f"try_strptime({filled}, {literal(written)})"
        said = literal(f"{name} is not of type {declared}: ")
        faults.append(
            f"case when {filled} is not null and {cast} is null "
            f"then {said} || left({filled}, 60) end"
        )
    if not faults:
        return {}
    rows = connection.execute(
        f"select row_id, concat_ws('; ', {', '.join(faults)}) as reason "
        "from drafted where reason <> ''"
    ).fetchall()
    return {row_id: f"is still no good: {reason}" for row_id, reason in rows}
