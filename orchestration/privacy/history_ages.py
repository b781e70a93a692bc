"""What of kept histories is too old: versions that hold no more, findings, figures.

They are in the warehouse and, mostly, mirrored under `state/`; both lose the same rows,
lest the one bring back what the other lost. What holds now stays however old it is.

Belongs here: which rows of which history are old. Does not belong here: files, journals
and how long anything is kept (`ages.py`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingestion.sql import literal, table_exists
from orchestration.kept.state import read_parquet
from orchestration.warehouse import DataDir, connect, transaction


@dataclass(frozen=True)
class History:
    """A table that grows with time.

    Attributes:
        table: qualified, in the warehouse; its mirror, if any, bears its bare name.
        is_old: SQL for whether a row is older than `{before}` and holds no more.
    """

    table: str
    is_old: str

    def remove(self, data: DataDir, before: datetime, dry_run: bool) -> int:
        """Remove, or count in a dry run, the rows that are older; return how many."""
        if not data.warehouse.exists():
            return 0
        old = self.is_old.format(before=f"timestamp {literal(str(before))}")
        with connect(data.warehouse) as connection:
            if not table_exists(connection, *self.table.split(".")):
                return 0
            (count,) = connection.execute(
                f"select count(*) from {self.table} as held where {old}"
            ).fetchall()[0]
            if not count or dry_run:
                return count
            mirror = data.state / f"{self.table.split('.')[1]}.parquet"
            if mirror.exists():
                _rewrite(connection, mirror, old)
            with transaction(connection):
                connection.execute(f"delete from {self.table} as held where {old}")
        return count


HISTORIES: dict[str, History] = {
    "customer_history": History("marts.customer_history", "committed_to < {before}"),
    "segment_history": History("marts.segment_history", "member_until < {before}"),
    "gate_results": History(
        "ops.gate_results",
        "checked_at < {before} "
        "and not exists (select 1 from ops.table_builds as builds "
        "where builds.table_schema = held.table_schema "
        "and builds.table_name = held.table_name "
        "and cast(builds.version as varchar) = held.version) "
        "and not exists (select 1 from ops.batches as batches "
        "where batches.batch_id = held.version "
        "and batches.status in ('pending', 'waiting'))",
    ),
    "model_performance": History(
        "ops.model_performance",
        "measured_at < {before} and not exists (select 1 from ops.score_models as used "
        "where used.score = held.score and used.model_version = held.model_version)",
    ),
}
"""By the name under which `vars.retention_days` says how long it is kept."""


def _rewrite(connection: duckdb.DuckDBPyConnection, mirror: Path, old: str) -> None:
    unfinished = mirror.with_name(f"{mirror.name}.tmp")
    connection.execute(
        f"copy (from {read_parquet(mirror)} as held where not coalesce({old}, false) "
        f"order by all) to {literal(str(unfinished))} "
        "(format parquet, compression zstd)"
    )
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(mirror)
