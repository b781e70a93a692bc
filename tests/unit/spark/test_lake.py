"""What models keep goes along when they are built elsewhere; none of it needs Spark."""

import duckdb
import pytest

from orchestration.spark.lake import settle
from orchestration.warehouse import DataDir, connect

MANIFEST = {
    "nodes": {
        "kept": {
            "schema": "identity",
            "alias": "record_registry",
            "config": {"materialized": "incremental"},
        },
        "view": {
            "schema": "identity",
            "alias": "entities",
            "config": {"materialized": "view"},
        },
    }
}


@pytest.fixture
def warehouse(data: DataDir):
    """A warehouse that reads two tables of the lake."""
    with connect(data.warehouse) as connection:
        connection.execute("create schema identity")
        for name in ("record_registry", "entities"):
            folder = data.lake / "identity.db" / name
            folder.mkdir(parents=True)
            file = folder / "part-0.parquet"
            connection.execute(f"copy (select 7 as record_seq) to '{file}'")
            connection.execute(
                f"create view identity.{name} as "
                f"from read_parquet('{folder}/*.parquet')"
            )
        yield connection


def kinds(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(
        "select table_name, table_type from information_schema.tables "
        "where table_schema = 'identity'"
    )
    return dict(rows.fetchall())


def test_duckdb_goes_on_from_what_spark_kept(data, warehouse):
    assert settle(warehouse, data, MANIFEST) == ""

    assert kinds(warehouse) == {"record_registry": "BASE TABLE", "entities": "VIEW"}
    assert warehouse.execute("from identity.record_registry").fetchall() == [(7,)]


def test_spark_leaves_what_is_in_its_lake(data, warehouse, monkeypatch):
    monkeypatch.setenv("C360_TARGET", "spark")
    mark = settle(warehouse, data, MANIFEST)

    assert mark
    assert settle(warehouse, data, MANIFEST) == mark
    assert kinds(warehouse) == {"record_registry": "VIEW", "entities": "VIEW"}


@pytest.mark.parametrize("target", ["prod", "spark"])
def test_of_a_lake_that_is_lost_nothing_kept_is_read(
    data, warehouse, monkeypatch, target
):
    (data.lake / "identity.db/record_registry/part-0.parquet").unlink()
    monkeypatch.setenv("C360_TARGET", target)
    settle(warehouse, data, MANIFEST)

    assert kinds(warehouse) == {"entities": "VIEW"}


def test_another_lake_has_another_mark(data, tmp_path, warehouse, monkeypatch):
    monkeypatch.setenv("C360_TARGET", "spark")
    other = DataDir(tmp_path / "other")

    assert settle(warehouse, other, MANIFEST) != settle(warehouse, data, MANIFEST)
