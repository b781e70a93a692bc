"""The mirror of kept state: what a warehouse rebuilt from landing files cannot know.

Belongs here: writing the record registry and the committed identity assignments to
`state/`, and putting them back into an empty warehouse. Does not belong here: deciding
what is in them, which is the business of the identity models.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from orchestration.warehouse import DataDir

KEPT_TABLES = ("record_registry", "identity_assignments")
"""Tables of schema `identity` that outlive the warehouse."""


class StateUnreadableError(RuntimeError):
    """A file under `state/` cannot be read, so customer ids would be given anew."""


def save_state(connection: duckdb.DuckDBPyConnection, data: DataDir) -> list[Path]:
    """Mirror the kept tables as Parquet files under `state/`; return those written.

    A file is replaced in one step, so that a crash leaves the old one whole, and only
    when its table says something else.
    """
    written = []
    for table in KEPT_TABLES:
        path = data.state / f"{table}.parquet"
        if not _exists(connection, table) or _is_mirrored(connection, table, path):
            continue
        data.state.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".parquet.tmp")
        connection.execute(
            f"copy (from identity.{table} order by all) to '{_quoted(unfinished)}' "
            "(format parquet, compression zstd)"
        )
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
        written.append(path)
    return written


def restore_state(connection: duckdb.DuckDBPyConnection, data: DataDir) -> list[str]:
    """Put the kept tables back where the warehouse lacks them; return their names.

    Call it before dbt runs: models that find their table append to it.

    Raises:
        StateUnreadableError: a file is there and is no Parquet file.
    """
    connection.execute("create schema if not exists identity")
    restored = []
    for table in KEPT_TABLES:
        path = data.state / f"{table}.parquet"
        if _exists(connection, table) or not path.exists():
            continue
        try:
            connection.execute(
                f"create table identity.{table} as from read_parquet('{_quoted(path)}')"
            )
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            raise StateUnreadableError(
                f"{path} cannot be read ({str(error).splitlines()[0]}). Put a backup "
                "of it back; without it every customer would get a new id."
            ) from error
        restored.append(table)
    return restored


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        """
        select count(*) from information_schema.tables
        where
            table_catalog = current_database()
            and table_schema = 'identity'
            and table_name = ?
        """,
        [table],
    ).fetchall()
    return bool(found[0][0])


def _is_mirrored(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> bool:
    """Compare table and file by their rows, whatever the order."""
    if not path.exists():
        return False
    digest = "select count(*), bit_xor(hash(kept)) from {} as kept"
    in_file = f"read_parquet('{_quoted(path)}')"
    try:
        mirrored = connection.execute(digest.format(in_file)).fetchall()
    except duckdb.Error:
        return False
    stored = connection.execute(digest.format(f"identity.{table}")).fetchall()
    return mirrored == stored


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
