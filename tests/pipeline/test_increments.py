"""However files arrive, the tables end as one full build would leave them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
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

# Who was whom before, and what earlier runs found, is history, which a full build has
# none of; who is whom is in identity_map.
HISTORY = {
    "identity_assignments",
    "identity_ledger",
    "identity_changes",
    "customer_id_aliases",
    "data_quality",
    "identity_quality",
    "freshness",
}
SESSIONS = (
    "stg_segment__events",
    "stg_segment__interactions",
    "core__interactions",
    "core__session_events",
    "core__sessions",
)


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
            ).fetchone()
            if count:
                found[f"{schema}.{table}"] = count
    return found


def page_view(anonymous_id: str, moment: str) -> str:
    """A call of Segment: somebody looks at a page."""
    at = f"2026-06-20T{moment}:00.000Z"
    return json.dumps(
        {
            "messageId": f"{anonymous_id}-{moment}",
            "type": "page",
            "name": "Home",
            "anonymousId": anonymous_id,
            "timestamp": at,
            "receivedAt": at,
            "channel": "browser",
            "context": {"userAgent": "Mozilla/5.0 (Macintosh)"},
        }
    )


def lines_of(file: Path) -> list[str]:
    return file.read_text().rstrip("\n").split("\n")


def land(folder: Path, name: str, lines: Iterable[str]) -> None:
    (folder / name).write_text("".join(f"{line}\n" for line in lines))


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


@pytest.mark.slow
def test_odd_arrivals_end_as_a_full_build(first_day, use, tmp_path):
    """A late file, a late decision, a file sent anew, a delete, a changed order.

    The sessions are built at once after each, all else in the end: a table may lag
    behind what it reads by several builds.
    """
    world = use(first_day.copy(tmp_path / "odd"))
    events, orders, contacts, mails = (
        world.data.landing / table
        for table in (
            "segment/events",
            "shopify/orders",
            "hubspot/contacts",
            "klaviyo/events",
        )
    )

    def sessions() -> int:
        sql = "from core.sessions where device_record_key like '%:tablet'"
        return len(world.builds("--select", *SESSIONS).query(sql))

    land(
        events, "2026-06-21.jsonl", [page_view("tablet", m) for m in ("09:00", "09:50")]
    )
    world.takes_in(rejected=["segment.events"])
    assert sessions() == 0
    world.accepts_what_was_rejected()
    assert sessions() == 2

    land(events, "2026-06-22.jsonl", [page_view("tablet", "09:25")])
    order = lines_of(orders / "2026-06-30.jsonl")[-1]
    changed = json.loads(order) | {"cancelled_at": "2026-06-30T20:00:00Z"}
    land(orders, "2026-07-01.jsonl", [json.dumps(changed)])
    everyone = lines_of(contacts / "2026-06-30.csv")
    land(contacts, "2026-07-01.csv", everyone[:-1])
    land(mails, "2026-06-30.jsonl", lines_of(mails / "2026-06-30.jsonl")[:-1])
    world.takes_in()
    assert sessions() == 1

    world.builds()
    assert world.built_whole() == set()
    whole = use(world.copy(tmp_path / "whole")).builds("--full-refresh")
    assert whole.built_whole() != set()
    assert differences(world, whole) == {}
