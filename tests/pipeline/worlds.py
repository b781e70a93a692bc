"""A landing folder and the warehouse that is built from it, without gates.

Two such worlds are compared table by table: however rows came in, the tables must be
the same.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb

from orchestration.dbt.layer import build_layer
from orchestration.dbt.runner import invoke
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.replay import replay
from orchestration.ingestion.retention import apply_retention
from orchestration.ingestion.sources import source_tables
from orchestration.project import LAYERS, layer_nodes, manifest
from orchestration.warehouse import DataDir, connect

SCHEMAS = ("staging", "core", "identity", "features", "marts", "quarantine")
# Columns that say when or in which run a row was written, not what is in it.
MOMENTS = {
    "_loaded_at",
    "changed_at",
    "committed_from",
    "committed_to",
    "linked_at",
    "quarantined_at",
    "registered_at",
    "run_id",
    "batch_id",
}

# Who was whom before, and what earlier runs found, is history, which a full build has
# none of; who is whom is in identity_map.
HISTORY = {
    "identity_assignments",
    "identity_ledger",
    "identity_changes",
    "customer_id_aliases",
    "customer_history",
    "data_quality",
    "identity_quality",
    "freshness",
    "segment_history",
}


class World:
    """A landing folder and the warehouse that is built from it, without gates."""

    def __init__(self, root: Path) -> None:
        self.data = DataDir(root)
        self.root = root
        self._logs_before: set[tuple] = set()

    def copy(self, root: Path) -> World:
        shutil.copytree(self.root, root)
        return World(root)

    def takes_in(self, *, rejected: Iterable[str] = ()) -> World:
        """Load all new files; accept them, but for those of some source tables."""
        with connect(self.data.dev_warehouse) as connection:
            for source in source_tables(manifest()):
                load_table(connection, source, self.data, datetime.now(UTC), 0)
            connection.execute(
                """
                update ops.batches
                set status = if(
                    list_contains(?, source_system || '.' || source_table),
                    'rejected',
                    'accepted'
                )
                where status = 'pending'
                """,
                [list(rejected)],
            )
        return self

    def mends(self, *mended: tuple[str, str]) -> World:
        """Replay rows of quarantine, each by its id with a text, and accept them."""
        path = self.root / "mended.jsonl"
        path.write_text(
            "".join(json.dumps({"row_id": i, "text": t}) + "\n" for i, t in mended)
        )
        with connect(self.data.dev_warehouse) as connection:
            result = replay(
                connection,
                source_tables(manifest()),
                self.data,
                path,
                datetime.now(UTC),
                settle_seconds=0,
            )
        assert (result.replayed, result.refused) == (len(mended), [])
        return self.takes_in()

    def forgets(self, table: str, *, before: date) -> World:
        """Remove the raw rows of a table that were dropped before a day."""
        days = 30
        aged = [
            replace(source, retention_days=days)
            for source in source_tables(manifest())
            if source.name == table
        ]
        now = datetime.combine(before, time(), UTC) + timedelta(days=days)
        with connect(self.data.dev_warehouse) as connection:
            assert apply_retention(connection, aged, self.data, now)
        return self

    def is_told(self, ledger: str, *values: str) -> World:
        """Add a row to what stewards decided or customers asked for; `now` is now."""
        marks = ", ".join("now()" if value == "now" else "?" for value in values)
        with connect(self.data.dev_warehouse) as connection:
            connection.execute(
                f"insert into ops.{ledger} values ({marks})",
                [value for value in values if value != "now"],
            )
        return self

    def accepts_what_was_rejected(self) -> World:
        with connect(self.data.dev_warehouse) as connection:
            connection.execute("update ops.batches set status = 'accepted'")
        return self

    def builds(self, *names: str) -> World:
        """Build what is out of date, as a run does; of these models, if any are named.

        Scores are not learnt, and no hook keeps what would outlive the warehouse.
        """
        self._logs_before, project = self._logs(), manifest()
        for layer in LAYERS:
            nodes = {
                unique_id: node
                for unique_id, node in layer_nodes(project, layer).items()
                if not names or node["name"] in names
            }
            done = build_layer(
                project, layer, nodes, lambda: connect(self.data.dev_warehouse)
            )
            assert done.failure is None, done.failure
        return self

    def builds_all(self, *options: str) -> World:
        """Build every model, whatever stands, as `dbt run` does by hand."""
        self._logs_before = self._logs()
        result = invoke(["run", *options])
        assert result.success, result.message
        return self

    def tables(self, schema: str) -> list[tuple]:
        return self.query(
            f"select table_name from duckdb_tables() where schema_name = '{schema}'"
        )

    def built_whole(self) -> set[str]:
        """Tables that are built by slices, but were not the last time."""
        return {name for name, _ in self._logs() - self._logs_before}

    def _logs(self) -> set[tuple]:
        """Which tables are built by slices, and since which run."""
        if ("change_logs",) not in self.tables("ops"):
            return set()
        return set(
            self.query(
                "select table_schema || '.' || table_name, run_id from ops.change_logs"
            )
        )

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.data.dev_warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def differences(one: World, other: World) -> dict[str, int]:
    """Rows that only one of two warehouses has, by table; none means equal."""
    found = {}
    with duckdb.connect() as connection:
        for name, world in (("one", one), ("other", other)):
            connection.execute(
                f"attach '{world.data.dev_warehouse}' as {name} (read_only)"
            )
        tables = connection.execute(
            f"""
            select schema_name, table_name, list(column_name)
            from duckdb_columns()
            inner join duckdb_tables() using (database_name, schema_name, table_name)
            where database_name = 'other' and schema_name in {SCHEMAS}
            group by all
            """
        ).fetchall()
        assert len(tables) > 100
        for schema, table, columns in tables:
            if table in HISTORY:
                continue
            compared = ", ".join(f'"{name}"' for name in sorted(set(columns) - MOMENTS))
            rows = [
                f"select {compared} from {name}.{schema}.{table}"
                for name in ("one", "other")
            ]
            (count,) = connection.execute(
                f"""
                select count(*)
                from (
                    ({rows[0]} except all {rows[1]})
                    union all
                    ({rows[1]} except all {rows[0]})
                )
                """
            ).fetchall()[0]
            if count:
                found[f"{schema}.{table}"] = count
    return found
