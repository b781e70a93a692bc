"""Small helpers for SQL that is put together at run time."""

from __future__ import annotations

from typing import Any

import duckdb


def one_row(query: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    """Return the first row of an executed query that always has one."""
    # To its end: DuckDB 2 lets nothing else run on a connection that has rows left.
    return query.fetchall()[0]


def named_rows(query: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return all rows of an executed query, each as values by column."""
    names = [column[0] for column in query.description or ()]
    return [dict(zip(names, row, strict=True)) for row in query.fetchall()]


def table_exists(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Tell whether the open database has a table or view of this name."""
    found = connection.execute(
        "select count(*) from information_schema.tables "
        "where table_catalog = current_database() "
        "and table_schema = ? and table_name = ?",
        [schema, name],
    )
    return bool(one_row(found)[0])


def identifier(name: str) -> str:
    """Return `name` quoted as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return `text` as a SQL string; a NUL, which would end the query, is spelt out."""
    quoted = "'" + text.replace("'", "''") + "'"
    return f"({quoted})".replace("\0", "' || chr(0) || '") if "\0" in text else quoted
