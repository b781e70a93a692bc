"""The file that readers get: marts copied out of the warehouse, whole or masked.

Belongs here: what is in the file and how it is laid out, and proving that it is whole.
Does not belong here: when a release is made, and how readers come to see it, which is
the business of publish.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

SCHEMAS = ("marts", "governance")

# BI drivers lag behind; a file of this version opens in every DuckDB from 1.2 on.
STORAGE_VERSION = "v1.2.0"

# Classes of personal data whose values stay comparable in the masked file; values of
# any other class are left out of it.
PSEUDONYMISED = frozenset({"identifier", "email", "phone", "name", "device"})

# Class of personal data by column, by (schema, table).
PersonalColumns = Mapping[tuple[str, str], Mapping[str, str]]


_BROKEN = (
    "{} does not hold {} as the warehouse has it, so it was not published. Publish "
    "again; if that fails too, check the disk."
)


class ReleaseBrokenError(RuntimeError):
    """A written release file does not hold what it should."""


@dataclass(frozen=True)
class Column:
    """A column as the warehouse has it."""

    name: str
    data_type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Table:
    """A table to publish, and the version of it that the warehouse holds."""

    schema: str
    name: str
    version: int | None
    comment: str | None
    columns: tuple[Column, ...]

    @property
    def qualified_name(self) -> str:
        """Schema and name, as people write them."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Content:
    """What a table holds, whatever the order of its rows."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Stamp:
    """What `marts._published` says about a file."""

    run_id: str
    published_at: datetime
    project_version: str
    row_counts: Mapping[str, int]
    raw_batches: Sequence[str]


def tables_to_publish(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """Return the tables of the published schemas, ordered by name."""
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, *column in connection.execute(
        """
        select schema_name, table_name, column_name, data_type, is_nullable, comment
        from duckdb_columns()
        where
            database_name = current_database()
            and schema_name in (select unnest(?))
        order by schema_name, table_name, column_index
        """,
        [list(SCHEMAS)],
    ).fetchall():
        columns.setdefault((schema, table), []).append(Column(*column))
    rows = connection.execute(
        """
        select tables.schema_name, tables.table_name, builds.version, tables.comment
        from duckdb_tables() as tables
        left join ops.table_builds as builds
            on
                tables.schema_name = builds.table_schema
                and tables.table_name = builds.table_name
        where
            tables.database_name = current_database()
            and tables.schema_name in (select unnest(?))
        order by tables.schema_name, tables.table_name
        """,
        [list(SCHEMAS)],
    ).fetchall()
    return [
        Table(schema, name, version, comment, tuple(columns[schema, name]))
        for schema, name, version, comment in rows
    ]


def measure(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]
) -> dict[str, Content]:
    """Return what each table holds by its qualified name."""
    return {
        table.qualified_name: _content(connection, table.qualified_name)
        for table in tables
    }


def write_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Sequence[Table],
    stamp: Stamp,
    masking: tuple[PersonalColumns, str] | None = None,
) -> None:
    """Copy `tables` of the open warehouse into a new DuckDB file.

    Rows are ordered by customer, so that reading one profile touches few row groups.

    Args:
        connection: to the warehouse.
        path: of the file, which must not exist.
        tables: what to copy, with constraints and comments.
        stamp: what the file says about itself.
        masking: columns to mask, and the salt of their pseudonyms; null for none.
    """
    connection.execute(
        f"attach {_text(str(path))} as release (storage_version '{STORAGE_VERSION}')"
    )
    try:
        for schema in SCHEMAS:
            connection.execute(f"create schema release.{schema}")
        for table in tables:
            personal, salt = masking or ({}, "")
            masked = personal.get((table.schema, table.name), {})
            _copy(connection, table, masked, salt)
        _write_stamp(connection, stamp)
        connection.execute("checkpoint release")
    finally:
        connection.execute("detach release")


def verify_file(
    path: Path, expected: Mapping[str, Content], *, is_masked: bool
) -> None:
    """Open a finished file as a reader would, and compare what it holds.

    Raises:
        ReleaseBrokenError: a table is missing or holds something else.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        for name, content in expected.items():
            try:
                found = _content(connection, name)
            except duckdb.CatalogException:
                raise ReleaseBrokenError(_BROKEN.format(path.name, name)) from None
            if found.rows != content.rows or not (is_masked or found == content):
                raise ReleaseBrokenError(_BROKEN.format(path.name, name))


def write_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[Table]
) -> None:
    """Copy `tables` of the open warehouse to `<folder>/<schema>/<table>.parquet`."""
    for table in tables:
        (folder / table.schema).mkdir(parents=True, exist_ok=True)
        path = folder / table.schema / f"{table.name}.parquet"
        connection.execute(
            f"copy (from {_quoted(table.schema)}.{_quoted(table.name)}{_order(table)}) "
            f"to {_text(str(path))} (format parquet, compression zstd)"
        )


def _content(connection: duckdb.DuckDBPyConnection, qualified_name: str) -> Content:
    rows, checksum = connection.execute(
        f"select count(*), cast(coalesce(sum(hash(t)), 0) as varchar) "
        f"from {qualified_name} as t"
    ).fetchall()[0]
    return Content(rows, checksum)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    masked: Mapping[str, str],
    salt: str,
) -> None:
    relation = f"{_quoted(table.schema)}.{_quoted(table.name)}"
    definitions = ", ".join(
        f"{_quoted(column.name)} {column.data_type}"
        + ("" if column.is_nullable or column.name in masked else " not null")
        for column in table.columns
    )
    values = ", ".join(
        _masked(column, masked[column.name], salt)
        if column.name in masked
        else _quoted(column.name)
        for column in table.columns
    )
    connection.execute(f"create table release.{relation} ({definitions})")
    connection.execute(
        f"insert into release.{relation} select {values} from {relation}{_order(table)}"
    )
    if table.comment:
        connection.execute(
            f"comment on table release.{relation} is {_text(table.comment.strip())}"
        )
    for column in table.columns:
        if column.comment:
            connection.execute(
                f"comment on column release.{relation}.{_quoted(column.name)} "
                f"is {_text(column.comment.strip())}"
            )


def _masked(column: Column, personal_class: str, salt: str) -> str:
    """Return the SQL of a masked value: a pseudonym, or null."""
    if personal_class in PSEUDONYMISED and column.data_type == "VARCHAR":
        return f"left(sha256({_text(salt)} || {_quoted(column.name)}), 16)"
    return "null"


def _write_stamp(connection: duckdb.DuckDBPyConnection, stamp: Stamp) -> None:
    values: dict[str, Any] = asdict(stamp)
    for name in ("row_counts", "raw_batches"):
        values[name] = json.dumps(values[name])
    connection.execute(
        """
        create table release.marts._published (
            run_id varchar not null,
            published_at timestamp not null,
            project_version varchar not null,
            row_counts json not null,
            raw_batches json not null
        )
        """
    )
    connection.execute(
        "insert into release.marts._published values (?, ?, ?, ?, ?)",
        list(values.values()),
    )
    connection.execute(
        "comment on table release.marts._published is 'One row: the run that wrote "
        "this file, when (UTC), and from which batches of raw data.'"
    )


def _order(table: Table) -> str:
    has_customer = any(column.name == "customer_id" for column in table.columns)
    return " order by customer_id" if has_customer else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
