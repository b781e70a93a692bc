"""The mirror of kept state: what a warehouse rebuilt from landing files cannot know.

Belongs here: writing the record registry, the committed identity assignments, the
history of customers, the models of the scores and the ledger of files, with what was
decided on their batches, to `state/`; and putting ids, history and models back into a
warehouse that lacks them. Does not belong here: deciding what is in them, which is the
business of the models and of the gates, and loading files under the batches of the
ledger (`ingestion/remembered.py`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.clock import catch_up
from orchestration.ingestion.sql import table_exists
from orchestration.warehouse import DataDir


@dataclass(frozen=True)
class Kept:
    """A table that outlives the warehouse."""

    schema: str
    name: str
    key: tuple[str, ...] = ()
    """What tells rows apart that the mirror keeps though the warehouse lacks them."""
    condition: str = "true"
    is_committed: bool = False
    """Whether rows say from when to when they were held true."""
    newest_by: str = ""
    """When a row was written, of a table whose number of rows does not tell its age."""
    at_stake: str = "every customer would get a new id"
    """What it would mean to go on without it."""

    @property
    def rows(self) -> str:
        """The query for what is kept of the table."""
        return f"select * from {self.schema}.{self.name} where {self.condition}"

    def mirror(self, data: DataDir) -> Path:
        """Return the file that the table is mirrored to."""
        return data.state / f"{self.name}.parquet"


HISTORY = (
    Kept("identity", "record_registry"),
    Kept("identity", "identity_assignments", is_committed=True),
    Kept("marts", "customer_history", is_committed=True),
    Kept("marts", "segment_history"),
)
"""Rows are added and never taken away, so the longer of two copies is the newer."""

MODELS = (
    Kept(
        "ops",
        "score_models",
        newest_by="trained_at",
        at_stake="groups of customers would be numbered anew",
    ),
    Kept(
        "ops",
        "model_performance",
        newest_by="measured_at",
        at_stake="how good earlier models were would be unknown",
    ),
)
"""What a model learns next goes on from the one before: groups keep their names."""

LEDGER = (
    Kept(
        "ops",
        "ingested_files",
        ("source_system", "source_table", "path", "file_version"),
    ),
    Kept("ops", "batches", ("batch_id",)),
    Kept("ops", "gate_results", ("version",), condition="layer = 'raw'"),
    Kept(
        "ops", "removed_rows", ("source_system", "source_table", "path", "file_version")
    ),
)
"""What was loaded as which batch, what the raw gate found, who decided what, and what
left by retention.

The mirror keeps what a warehouse that is being rebuilt does not hold yet.
"""


class StateUnreadableError(RuntimeError):
    """A file under `state/` cannot be read, so customer ids would be given anew."""


def save_state(connection: duckdb.DuckDBPyConnection, data: DataDir) -> list[Path]:
    """Mirror all kept tables as Parquet files under `state/`; return those written.

    A file is replaced in one step, so that a crash leaves the old one whole, and only
    when its table says something else.
    """
    return _save(connection, data, (*HISTORY, *MODELS, *LEDGER))


def save_ledger(connection: duckdb.DuckDBPyConnection, data: DataDir) -> list[Path]:
    """Mirror the ledger alone, as soon as batches are decided on."""
    return _save(connection, data, LEDGER)


def restore_state(connection: duckdb.DuckDBPyConnection, data: DataDir) -> list[str]:
    """Put back what the warehouse lacks of ids, history and models; return the names.

    A warehouse that is older than its mirror, such as a copy put back by hand, lacks
    the newest. Call it before dbt runs: models that find their table append to it.

    Raises:
        StateUnreadableError: a file is there and is no Parquet file.
    """
    restored = []
    for kept in (*HISTORY, *MODELS):
        path = kept.mirror(data)
        if not path.exists():
            continue
        try:
            if table_exists(connection, kept.schema, kept.name) and not _is_older(
                connection, kept, path
            ):
                continue
            connection.execute(_restoring(kept, path))
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            raise StateUnreadableError(
                f"{path} cannot be read ({str(error).splitlines()[0]}). Put a backup "
                f"of it back; without it {kept.at_stake}."
            ) from error
        restored.append(kept.name)
        if kept.is_committed:
            # What is committed next is later than what was committed before the loss.
            catch_up(
                connection,
                "select max(greatest(committed_from, committed_to)) "
                f"from {kept.schema}.{kept.name}",
            )
    return restored


def _restoring(kept: Kept, path: Path) -> str:
    """Return the SQL that fills a table from its mirror."""
    if not kept.newest_by:
        return (
            f"create schema if not exists {kept.schema}; "
            f"create or replace table {kept.schema}.{kept.name} as "
            f"from {read_parquet(path)}"
        )
    # What it scored is not there, so that it has to learn again.
    rows = "* replace ('' as trained_on)" if kept.name == "score_models" else "*"
    return (
        f"insert or replace into {kept.schema}.{kept.name} by name "
        f"select {rows} from {read_parquet(path)}"
    )


def read_parquet(path: Path) -> str:
    """Return the SQL that reads a file."""
    return f"read_parquet('{_quoted(path)}')"


def _save(
    connection: duckdb.DuckDBPyConnection, data: DataDir, tables: tuple[Kept, ...]
) -> list[Path]:
    written = []
    for kept in tables:
        path = kept.mirror(data)
        if not table_exists(connection, kept.schema, kept.name):
            continue
        rows = kept.rows
        if _rows_in(connection, path):
            if not kept.key and _is_older(connection, kept, path):
                continue
            rows += _only_mirrored(kept, path)
        if _is_mirrored(connection, rows, path):
            continue
        data.state.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".parquet.tmp")
        connection.execute(
            f"copy (from ({rows}) order by all) to '{_quoted(unfinished)}' "
            "(format parquet, compression zstd)"
        )
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
        written.append(path)
    return written


def _only_mirrored(kept: Kept, path: Path) -> str:
    """Return the SQL that adds what only the mirror has of a ledger."""
    if not kept.key:
        return ""
    return (
        f" union all by name from {read_parquet(path)} "
        f"anti join ({kept.rows}) using ({', '.join(kept.key)})"
    )


def _is_older(connection: duckdb.DuckDBPyConnection, kept: Kept, path: Path) -> bool:
    """Tell whether the mirror knows what the table does not."""
    if not _rows_in(connection, path):
        return False
    age = f"max({kept.newest_by})" if kept.newest_by else "count(*)"
    ((is_older,),) = connection.execute(
        f"select coalesce(stored.age < mirrored.age, true) "
        f"from (select {age} as age from {kept.schema}.{kept.name}) as stored, "
        f"(select {age} as age from {read_parquet(path)}) as mirrored"
    ).fetchall()
    return is_older


def _rows_in(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Return how many rows a file has; 0 if it is absent or damaged."""
    if not path.exists():
        return 0
    try:
        count = connection.execute(f"select count(*) from {read_parquet(path)}")
    except duckdb.Error:
        return 0
    return count.fetchall()[0][0]


def _is_mirrored(connection: duckdb.DuckDBPyConnection, rows: str, path: Path) -> bool:
    """Compare rows and file, whatever the order; without rows no file is needed."""
    digest = "select count(*), bit_xor(hash(kept)) from ({}) as kept"
    stored = connection.execute(digest.format(rows)).fetchall()
    if not path.exists():
        return not stored[0][0]
    try:
        mirrored = connection.execute(
            digest.format(f"from {read_parquet(path)}")
        ).fetchall()
    except duckdb.Error:
        return False
    return mirrored == stored


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
