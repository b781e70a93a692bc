"""What there is to publish: tables of the warehouse, and what each of them holds.

Belongs here: reading it from the warehouse, or from a file to compare. Does not belong
here: what of it is published (publish.py), and how it is written (files.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.ingestion.sql import identifier


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

    @property
    def relation(self) -> str:
        """Schema and name as SQL has them."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    @property
    def order(self) -> str:
        """The SQL that puts rows in order by customer, if there is one in them."""
        has_customer = any(column.name == "customer_id" for column in self.columns)
        return " order by customer_id" if has_customer else ""

    @property
    def layout(self) -> str:
        """Digest of what readers see of the table besides its rows."""
        return hashlib.sha256(repr((self.comment, self.columns)).encode()).hexdigest()


@dataclass(frozen=True)
class Content:
    """What a table holds, whatever the order of its rows."""

    rows: int
    checksum: str


def find_tables(
    connection: duckdb.DuckDBPyConnection, relations: Collection[tuple[str, str]]
) -> list[Table]:
    """Return those of `relations` that are tables of the warehouse, ordered by name."""
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, *column in connection.execute(
        """
        select schema_name, table_name, column_name, data_type, is_nullable, comment
        from duckdb_columns()
        where database_name = current_database()
        order by schema_name, table_name, column_index
        """
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
        where tables.database_name = current_database()
        order by tables.schema_name, tables.table_name
        """
    ).fetchall()
    return [
        Table(schema, name, version, comment, tuple(columns[schema, name]))
        for schema, name, version, comment in rows
        if (schema, name) in relations
    ]


def measure(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]
) -> dict[str, Content]:
    """Return what each table holds by its qualified name."""
    return {
        table.qualified_name: content_of(connection, table.qualified_name)
        for table in tables
    }


def content_of(connection: duckdb.DuckDBPyConnection, qualified_name: str) -> Content:
    """Return what a table of the open database holds: rows, and a sum of their hashes.

    A row is hashed twice, as the macro `checksum` does and says why.

    Raises:
        duckdb.CatalogException: there is no such table.
    """
    rows, checksum = connection.execute(
        f"select count(*), cast(coalesce(sum(hash(hash(t))), 0) as varchar) "
        f"from {qualified_name} as t"
    ).fetchall()[0]
    return Content(rows, checksum)
