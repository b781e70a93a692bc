"""What is rebuilt: a table whose code or inputs changed, and nothing else."""

import copy
from datetime import datetime

import pytest

from orchestration.dbt import changes
from orchestration.warehouse import connect


def node(
    name: str,
    reads: list[str],
    sql: str,
    macros: tuple[str, ...] = (),
    folder: str = "core",
) -> dict:
    return {
        "resource_type": "model",
        "fqn": ["customer360", folder, name],
        "name": name,
        "alias": name,
        "schema": "core",
        "checksum": {"name": "sha256", "checksum": sql},
        "config": {"materialized": "table", "pre-hook": [], "post-hook": []},
        "columns": {"id": {"data_type": "varchar"}},
        "depends_on": {"nodes": reads, "macros": list(macros)},
    }


def macro(sql: str, calls: tuple[str, ...] = ()) -> dict:
    return {
        "package_name": "customer360",
        "macro_sql": sql,
        "depends_on": {"macros": list(calls)},
    }


MANIFEST = {
    "sources": {
        "source.shop.orders": {"source_name": "shop", "name": "orders"},
        "source.till.sales": {"source_name": "till", "name": "sales"},
    },
    "nodes": {
        "orders": node("orders", ["source.shop.orders"], "a", ("macro.outer",)),
        "sales": node("sales", ["source.till.sales"], "b"),
        "both": node("both", ["orders", "sales"], "c"),
    },
    "macros": {
        "macro.outer": macro("outer", ("macro.inner",)),
        "macro.inner": macro("inner"),
    },
}


@pytest.fixture
def warehouse(data):
    with connect(data.warehouse) as connection:
        yield connection


def accept_a_file(warehouse, system: str, table: str, batch: str) -> None:
    now = datetime(2026, 1, 1)
    warehouse.execute(
        "insert into ops.batches values "
        "(?, ?, ?, 'accepted', 1, 1, 1, 0, ?, ?, '', '')",
        [batch, system, table, now, now],
    )
    warehouse.execute(
        """
        insert into ops.ingested_files by name
        select
            ? as source_system, ? as source_table, ? as path, 1 as file_version,
            'x' as sha256, 1 as bytes, date '2026-01-01' as dropped_on,
            1 as rows_read, 1 as rows_loaded, 0 as rows_quarantined,
            ? as batch_id, ? as ingested_at, ? as changed_at
        """,
        [system, table, f"{batch}.csv", batch, now, now],
    )


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {key for key in MANIFEST["nodes"] if before[key] != after[key]}


def test_a_new_accepted_file_reaches_all_that_reads_its_source(warehouse):
    before = changes.fingerprints(MANIFEST, warehouse)
    accept_a_file(warehouse, "till", "sales", "b1")
    after = changes.fingerprints(MANIFEST, warehouse)
    assert changed(before, after) == {"sales", "both"}


def test_a_batch_that_waits_reaches_nothing(warehouse):
    before = changes.fingerprints(MANIFEST, warehouse)
    accept_a_file(warehouse, "till", "sales", "b1")
    warehouse.execute("update ops.batches set status = 'waiting'")
    assert changes.fingerprints(MANIFEST, warehouse) == before


def test_edited_sql_reaches_itself_and_what_reads_it(warehouse):
    before = changes.fingerprints(MANIFEST, warehouse)
    edited = copy.deepcopy(MANIFEST)
    edited["nodes"]["orders"]["checksum"]["checksum"] = "edited"
    assert changed(before, changes.fingerprints(edited, warehouse)) == {
        "orders",
        "both",
    }


def test_a_macro_called_by_a_macro_counts(warehouse):
    before = changes.fingerprints(MANIFEST, warehouse)
    edited = copy.deepcopy(MANIFEST)
    edited["macros"]["macro.inner"]["macro_sql"] = "edited"
    assert changed(before, changes.fingerprints(edited, warehouse)) == {
        "orders",
        "both",
    }


def test_a_table_is_stale_until_it_stands_under_its_fingerprint(warehouse):
    nodes = MANIFEST["nodes"]
    current = changes.fingerprints(MANIFEST, warehouse)
    assert set(changes.stale(nodes, current, warehouse)) == set(nodes)

    warehouse.execute("create schema core")
    for name in nodes:
        warehouse.execute(f"create table core.{name} (id varchar)")
        warehouse.execute(
            "insert into ops.table_builds "
            "(layer, table_schema, table_name, version, built_at) "
            "values ('identity', 'core', ?, 1, now())",
            [name],
        )
    changes.record(["orders", "sales"], nodes, current, warehouse)
    assert changes.stale(nodes, current, warehouse) == ["both"]

    warehouse.execute("drop table core.sales")
    assert set(changes.stale(nodes, current, warehouse)) == {"sales", "both"}


def test_a_new_file_of_a_folder_reaches_the_model_that_gathers_it(warehouse):
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["both"]["config"]["meta"] = {"gathers": "segments"}
    before = changes.fingerprints(manifest, warehouse)
    manifest["nodes"]["new"] = node("new", [], "d", folder="segments")
    assert changed(before, changes.fingerprints(manifest, warehouse)) == {"both"}
