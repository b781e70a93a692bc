"""What files brought into raw, served by the systems that such files come from.

`python -m tests.source_systems` serves a sample world that way until Ctrl-C: the tills
by a real PostgreSQL, support by a Zendesk on loopback.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import duckdb

from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.project import manifest
from orchestration.warehouse import DataDir, ops_ddl
from tests.postgres_server import Database, postgres_server
from tests.rest_server import rest_server


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


@contextmanager
def served(data: DataDir) -> Iterator[dict[str, str]]:
    """Serve tills and support of a world; yield the variables that name the servers."""
    sources = source_tables(manifest())
    with postgres_server() as database, rest_server() as api, duckdb.connect() as raw:
        raw.execute(ops_ddl())
        for source in sources:
            if source.system == "pos":
                load_table(raw, source, data, datetime.now(UTC), settle_seconds=0)
                fill_postgres(database, raw, source)
            elif source.system == "zendesk":
                endpoint = source.origin.endpoint
                api.collections[endpoint] = json_rows(
                    data.landing / source.landing_folder
                )
                api.rows_names[endpoint] = source.origin.rows
        api.size = 100
        yield {
            "C360_POS_DSN": database.uri,
            "C360_ZENDESK_URL": api.url,
            "C360_ZENDESK_USER": "agent@example.com/token",
            "C360_ZENDESK_TOKEN": "any",
        }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with served(DataDir.from_env()) as variables:
        for name, value in variables.items():
            print(f"export {name}='{value}'")
        print("# Serving until Ctrl-C.", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("# Bye.")
