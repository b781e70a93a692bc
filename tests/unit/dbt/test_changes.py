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


@pytest.fixture
def built(warehouse):
    """All tables stand as they would be built now."""
    warehouse.execute("create schema core")
    for name in MANIFEST["nodes"]:
        warehouse.execute(f"create table core.{name} (id varchar)")
        is_built_again(warehouse, name)
    changes.record(
        MANIFEST["nodes"],
        MANIFEST["nodes"],
        changes.recipes(MANIFEST, warehouse),
        warehouse,
    )
    assert stale(warehouse) == changes.Stale(due=[], in_doubt=[])
    return warehouse


def is_built_again(warehouse, name: str) -> None:
    """A table comes to hold other rows than before."""
    warehouse.execute(
        "insert or replace into ops.table_builds "
        "(layer, table_schema, table_name, version, built_at) "
        "values ('core', 'core', ?, nextval('ops.build_version'), now())",
        [name],
    )


def is_recorded(warehouse, name: str) -> None:
    nodes = MANIFEST["nodes"]
    changes.record([name], nodes, changes.recipes(MANIFEST, warehouse), warehouse)


def stale(warehouse, manifest: dict = MANIFEST) -> changes.Stale:
    return changes.stale(
        manifest["nodes"], changes.recipes(manifest, warehouse), warehouse
    )


def test_what_was_never_built_is_due(warehouse):
    assert stale(warehouse).due == list(MANIFEST["nodes"])


def test_a_new_accepted_file_is_due_and_what_reads_it_in_doubt(built):
    accept_a_file(built, "till", "sales", "b1")
    assert stale(built) == changes.Stale(due=["sales"], in_doubt=["both"])


def test_a_table_with_the_rows_it_had_leaves_its_readers_alone(built):
    accept_a_file(built, "till", "sales", "b1")
    is_recorded(built, "sales")
    assert stale(built) == changes.Stale(due=[], in_doubt=[])


def test_a_table_with_other_rows_reaches_its_readers(built):
    accept_a_file(built, "till", "sales", "b1")
    is_built_again(built, "sales")
    is_recorded(built, "sales")
    assert stale(built) == changes.Stale(due=["both"], in_doubt=[])


def test_what_was_built_elsewhere_is_due(built):
    recipes = changes.recipes(MANIFEST, built, "the lake of Spark")

    assert set(changes.stale(MANIFEST["nodes"], recipes, built).due) == set(
        MANIFEST["nodes"]
    )


def test_a_killed_run_leaves_due_what_it_built(built):
    """A version without a fingerprint, and readers that were built from the last."""
    accept_a_file(built, "till", "sales", "b1")
    is_built_again(built, "sales")
    assert stale(built).due == ["sales", "both"]


def test_a_batch_that_waits_reaches_nothing(built):
    accept_a_file(built, "till", "sales", "b1")
    built.execute("update ops.batches set status = 'waiting'")
    assert stale(built).due == []


def test_edited_sql_is_due(built):
    edited = copy.deepcopy(MANIFEST)
    edited["nodes"]["orders"]["checksum"]["checksum"] = "edited"
    assert stale(built, edited) == changes.Stale(due=["orders"], in_doubt=["both"])


def test_a_macro_called_by_a_macro_counts(built):
    edited = copy.deepcopy(MANIFEST)
    edited["macros"]["macro.inner"]["macro_sql"] = "edited"
    assert stale(built, edited) == changes.Stale(due=["orders"], in_doubt=["both"])


def test_what_an_ephemeral_model_says_and_reads_its_reader_does(built):
    manifest = copy.deepcopy(MANIFEST)
    nodes = manifest["nodes"]
    nodes["between"] = node("between", ["orders"], "e")
    nodes["between"]["config"]["materialized"] = "ephemeral"
    nodes["both"]["depends_on"]["nodes"] = ["between", "sales"]
    read = changes.recipes(manifest, built)["both"]
    assert read.reads == {"core.orders", "core.sales"}
    nodes["between"]["checksum"]["checksum"] = "edited"
    assert changes.recipes(manifest, built)["both"].code != read.code


def test_a_table_that_is_gone_is_due(built):
    built.execute("drop table core.sales")
    assert stale(built) == changes.Stale(due=["sales"], in_doubt=["both"])


def test_a_new_file_of_a_folder_reaches_the_model_that_gathers_it(built):
    manifest = copy.deepcopy(MANIFEST)
    manifest["nodes"]["both"]["config"]["meta"] = {"gathers": "segments"}
    before = changes.recipes(manifest, built)["both"]
    manifest["nodes"]["new"] = node("new", [], "d", folder="segments")
    assert changes.recipes(manifest, built)["both"] != before
