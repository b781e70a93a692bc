"""The files that readers get: marts copied out of the warehouse, whole and masked.

Belongs here: what is in the files, how they are laid out, and proving them whole.
Does not belong here: when a release is made, and how readers come to see it, which is
the business of publish.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.privacy.masking import mask_of, masked
from orchestration.releases.tables import Content, Table, content_of

# BI drivers lag behind; a file of this version opens in every DuckDB from 1.2 on.
STORAGE_VERSION = "v1.2.0"

# DuckDB compresses a table of few row groups on one core, so two are written at a time;
# more would leave each less memory to sort in, and large tables use all cores anyway.
WRITERS = 2

# By which columns a reader looks single rows up. Of a million customers one row costs a
# third of the processor with an index, and twenty a twentieth; tables of many rows a
# customer would carry far larger ones, and are read by their order well enough.
INDEXED: Mapping[tuple[str, str], Sequence[str]] = {
    ("marts", "customers"): ("customer_id",),
    ("marts", "customer_id_aliases"): ("customer_id", "current_customer_id"),
}

# Class of personal data by column, by (schema, table).
PersonalColumns = Mapping[tuple[str, str], Mapping[str, str]]

_BROKEN = (
    "{} does not hold {} as the warehouse has it, so it was not published. Publish "
    "again; if that fails too, check the disk."
)


class ReleaseBrokenError(RuntimeError):
    """A written release file does not hold what it should."""


@dataclass(frozen=True)
class Stamp:
    """What `marts._published` says about a file."""

    run_id: str
    published_at: datetime
    project_version: str
    row_counts: Mapping[str, int]
    raw_batches: Sequence[str]


def write_files(
    connection: duckdb.DuckDBPyConnection,
    whole: Path,
    twin: Path,
    tables: Sequence[Table],
    stamp: Stamp,
    personal: PersonalColumns,
    key: str,
) -> None:
    """Copy `tables` of the open warehouse into a new file, and into its masked twin.

    Rows are ordered by customer, so that reading one profile touches few row groups.

    Args:
        connection: to the warehouse.
        whole: the file with everything; must not exist.
        twin: the masked file; likewise.
        tables: what to copy, with constraints and comments.
        stamp: what the files say about themselves.
        personal: what to mask in the twin.
        key: what the pseudonyms of the twin are made with, hexadecimal.
    """

    def copy(table: Table) -> None:
        relation = _relation(table)
        values = ", ".join(masked_values(table, personal, key))
        with connection.cursor() as writer:
            writer.execute(
                f"insert into whole.{relation} from {relation}{_order(table)}"
            )
            # Read from the whole file the rows are in order already.
            writer.execute(
                f"insert into masked.{relation} select {values} from whole.{relation}"
            )
            for database in ("whole", "masked"):
                for statement in _indexes(table, database):
                    writer.execute(statement)

    def size(table: Table) -> int:
        return stamp.row_counts[table.qualified_name] * len(table.columns)

    with (
        _new_file(connection, whole, "whole"),
        _new_file(connection, twin, "masked"),
    ):
        _define(connection, "whole", tables, stamp, personal, is_masked=False)
        _define(connection, "masked", tables, stamp, personal, is_masked=True)
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(copy, sorted(tables, key=size, reverse=True)))


def masked_values(table: Table, personal: PersonalColumns, key: str) -> Iterator[str]:
    """Yield the SQL of each column of a table in the masked file."""
    classes = personal.get((table.schema, table.name), {})
    for column in table.columns:
        value = _quoted(column.name)
        if column.name in classes:
            yield masked(value, classes[column.name], column.data_type, key)
        else:
            yield value


def verify_file(
    path: Path, expected: Mapping[str, Content], *, is_masked: bool
) -> None:
    """Open a finished file as a reader would, and compare what it holds.

    Raises:
        ReleaseBrokenError: a table is missing or holds something else.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        for name, held in expected.items():
            try:
                found = content_of(connection, name)
            except duckdb.CatalogException:
                raise ReleaseBrokenError(_BROKEN.format(path.name, name)) from None
            if found.rows != held.rows or not (is_masked or found == held):
                raise ReleaseBrokenError(_BROKEN.format(path.name, name))


def write_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[Table]
) -> None:
    """Copy `tables` of the open warehouse to `<folder>/<schema>/<table>.parquet`."""
    for table in tables:
        (folder / table.schema).mkdir(parents=True, exist_ok=True)
        path = folder / table.schema / f"{table.name}.parquet"
        connection.execute(
            f"copy (from {_relation(table)}{_order(table)}) "
            f"to {_text(str(path))} (format parquet, compression zstd)"
        )


@contextmanager
def _new_file(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str
) -> Iterator[None]:
    """Attach a new file under a name; leave it without a write-ahead log."""
    connection.execute(
        f"attach {_text(str(path))} as {name} (storage_version '{STORAGE_VERSION}')"
    )
    try:
        yield
        connection.execute(f"checkpoint {name}")
    finally:
        connection.execute(f"detach {name}")


def _define(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    tables: Sequence[Table],
    stamp: Stamp,
    personal: PersonalColumns,
    *,
    is_masked: bool,
) -> None:
    """Make all tables of a file, still empty, and what it says about itself."""
    statements = [
        f"create schema {database}.{_quoted(schema)}"
        for schema in sorted({"marts", *(table.schema for table in tables)})
    ]
    for table in tables:
        classes = personal.get((table.schema, table.name), {}) if is_masked else {}
        statements += _definition(table, f"{database}.{_relation(table)}", classes)
    with connection.cursor() as writer:
        writer.execute("begin")
        writer.execute("; ".join(statements))
        _write_stamp(writer, database, stamp)
        _write_personal_columns(writer, database, tables, personal)
        writer.execute("commit")


def _definition(table: Table, relation: str, masks: Mapping[str, str]) -> Iterator[str]:
    """Yield the SQL that makes a table; a masked column may be null."""
    definitions = ", ".join(
        f"{_quoted(column.name)} {column.data_type}"
        + ("" if column.is_nullable or column.name in masks else " not null")
        for column in table.columns
    )
    yield f"create table {relation} ({definitions})"
    if table.comment:
        yield f"comment on table {relation} is {_text(table.comment.strip())}"
    for column in table.columns:
        if column.comment:
            yield (
                f"comment on column {relation}.{_quoted(column.name)} "
                f"is {_text(column.comment.strip())}"
            )


def _indexes(table: Table, database: str) -> Iterator[str]:
    """Yield the SQL that lets readers look up single rows of a table."""
    for column in INDEXED.get((table.schema, table.name), ()):
        name = _quoted(f"{table.name}_by_{column}")
        relation = f"{database}.{_relation(table)}"
        yield f"create index {name} on {relation} ({_quoted(column)})"


def _write_stamp(
    connection: duckdb.DuckDBPyConnection, database: str, stamp: Stamp
) -> None:
    values: dict[str, Any] = asdict(stamp)
    for name in ("row_counts", "raw_batches"):
        values[name] = json.dumps(values[name])
    connection.execute(
        f"""
        create table {database}.marts._published (
            run_id varchar not null,
            published_at timestamp not null,
            project_version varchar not null,
            row_counts json not null,
            raw_batches json not null
        )
        """
    )
    connection.execute(
        f"insert into {database}.marts._published values (?, ?, ?, ?, ?)",
        list(values.values()),
    )
    connection.execute(
        f"comment on table {database}.marts._published is 'One row: the run that wrote "
        "this file, when (UTC), and from which batches of raw data.'"
    )


def _write_personal_columns(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    tables: Sequence[Table],
    personal: PersonalColumns,
) -> None:
    connection.execute(
        f"""
        create table {database}.marts._personal_columns (
            table_schema varchar not null,
            table_name varchar not null,
            column_name varchar not null,
            personal_class varchar not null,
            masked_as varchar not null
        )
        """
    )
    rows = [
        (table.schema, table.name, column.name, classes[column.name], mask.name)
        for table in tables
        if (classes := personal.get((table.schema, table.name)))
        for column in table.columns
        if column.name in classes
        and (mask := mask_of(classes[column.name], column.data_type))
    ]
    if rows:
        connection.executemany(
            f"insert into {database}.marts._personal_columns values (?, ?, ?, ?, ?)",
            rows,
        )
    connection.execute(
        f"comment on table {database}.marts._personal_columns is 'One row per column "
        "with personal data: of which class, and what the masked file has of it.'"
    )


def _order(table: Table) -> str:
    has_customer = any(column.name == "customer_id" for column in table.columns)
    return " order by customer_id" if has_customer else ""


def _relation(table: Table) -> str:
    return f"{_quoted(table.schema)}.{_quoted(table.name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
