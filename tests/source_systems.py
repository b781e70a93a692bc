"""What files brought into raw, served by the systems that such files come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import duckdb

from orchestration.ingestion.sources import SourceTable
from tests.postgres_server import Database


def typed_rows(source: SourceTable, *, keep: str = "true") -> str:
    """Return the query for the rows of a raw table, one a key, as they are declared.

    Rows with a value that is not of its type are left out, as staging does.
    """
    values = ", ".join(
        f'try_cast("{name}" as {kind}) as "{name}"'
        for name, kind in source.columns.items()
    )
    fits = " and ".join(
        f'("{name}" is null or try_cast("{name}" as {kind}) is not null)'
        for name, kind in source.columns.items()
    )
    return f"""
        select {values} from raw_{source.name}
        where {fits} and {keep}
        qualify row_number() over (
            partition by {", ".join(source.key)} order by _file desc, _line desc
        ) = 1
    """


def fill_postgres(
    database: Database, warehouse: duckdb.DuckDBPyConnection, source: SourceTable
) -> None:
    """Create a table as its YAML declares it, and fill it from raw."""
    types = ", ".join(
        f'"{name}" {"float8" if kind == "double" else kind}'
        for name, kind in source.columns.items()
    )
    rows = warehouse.sql(typed_rows(source)).to_arrow_table()
    database.run(
        f"drop table if exists {source.table}", f"create table {source.table} ({types})"
    )
    with adbc.connect(database.uri, autocommit=True) as connection:
        connection.cursor().adbc_ingest(source.table, rows, mode="append")


def json_rows(folder: Path) -> list[dict[str, Any]]:
    """Return the objects of the files of a folder; what is no JSON is left out."""
    rows = []
    for path in sorted(folder.iterdir()):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
    return rows
