"""However the files arrive, the tables end as one full build of them would leave them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt_runner import invoke
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import source_tables
from orchestration.project import manifest
from orchestration.universe import write_universe
from orchestration.warehouse import DataDir, connect

WORLD = {"customers": 300, "days": 60, "seed": 11}
LAYERS = ("staging", "core", "identity", "features", "marts", "quarantine")
# Columns that say when or in which run a row was written, not what is in it.
MOMENTS = {
    "_loaded_at",
    "committed_from",
    "committed_to",
    "linked_at",
    "quarantined_at",
    "registered_at",
    "run_id",
    "batch_id",
}


class World:
    """A landing folder and the warehouse that is built from it, without gates."""

    def __init__(self, root: Path) -> None:
        self.data = DataDir(root)
        self.root = root

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

    def accepts_what_was_rejected(self) -> World:
        with connect(self.data.dev_warehouse) as connection:
            connection.execute("update ops.batches set status = 'accepted'")
        return self

    def builds(self, *options: str) -> World:
        """Build every model, which takes in what changed since it was built last."""
        for command in (["seed"],) if not self.tables("seeds") else ():
            assert invoke(command).success
        result = invoke(["run", *options])
        assert result.success, result.message
        return self

    def tables(self, schema: str) -> list[tuple]:
        return self.query(
            f"select table_name from duckdb_tables() where schema_name = '{schema}'"
        )

    def built_whole(self) -> set[str]:
        """Tables that are built by slices, but were not the last time."""
        return {
            name
            for (name,) in self.query(
                """
                select logs.table_schema || '.' || logs.table_name
                from ops.change_logs as logs
                inner join ops.table_builds as builds
                    using (table_schema, table_name)
                where logs.complete_since = builds.version
                """
            )
        }

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.data.dev_warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def use(monkeypatch):
    """Work on a world: it becomes the one that the environment names."""
    monkeypatch.setenv("C360_TARGET", "dev")

    def use_world(world: World) -> World:
        monkeypatch.setenv("C360_DATA_DIR", str(world.root))
        return world

    return use_world


@pytest.fixture(scope="module")
def first_day(tmp_path_factory) -> World:
    """A world after its first build; tests work on copies of it."""
    world = World(tmp_path_factory.mktemp("first_day"))
    write_universe(world.root, **WORLD)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("C360_TARGET", "dev")
        environment.setenv("C360_DATA_DIR", str(world.root))
        return world.takes_in().builds()


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
            where database_name = 'other' and schema_name in {LAYERS}
            group by all
            """
        ).fetchall()
        assert len(tables) > 100
        for schema, table, columns in tables:
            compared = ", ".join(
                f'"{name}"' for name in sorted(set(columns) - MOMENTS)
            )
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
            ).fetchone()
            if count:
                found[f"{schema}.{table}"] = count
    return found


def rewrite(file: Path, change) -> None:
    """Replace the lines of a gzipped file by what a function makes of them."""
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    file.write_bytes(gzip.compress("".join(f"{x}\n" for x in change(lines)).encode()))


def moved(call: str, minutes: int, **changes: str) -> str:
    """A copy of a call of Segment, so many minutes later."""
    event = json.loads(call)
    for name in ("timestamp", "sentAt", "receivedAt", "originalTimestamp"):
        if event.get(name):
            moment = datetime.fromisoformat(event[name]) + timedelta(minutes=minutes)
            event[name] = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return json.dumps(event | changes)


def test_days_one_by_one_end_as_all_at_once(first_day, use, tmp_path):
    daily = use(first_day.copy(tmp_path / "daily"))
    for day in (1, 2):
        write_universe(daily.root, **WORLD, day=day)
        daily.takes_in().builds()
        assert daily.built_whole() == set()

    at_once = World(tmp_path / "at_once")
    shutil.copytree(daily.data.landing, at_once.data.landing)
    use(at_once).takes_in().builds()
    assert differences(daily, at_once) == {}
