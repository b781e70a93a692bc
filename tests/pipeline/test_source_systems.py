"""The tables of a system are the same from its server as they are from its files."""

from datetime import datetime, timedelta

import duckdb
import pytest

from orchestration.ingestion.extract import extract
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.universe import write_universe
from orchestration.warehouse import DataDir, ops_ddl
from tests.source_systems import fill_postgres, typed_rows

NOW = datetime(2026, 7, 1, 6, 0)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> DataDir:
    """The files of a small world."""
    data = DataDir(tmp_path_factory.mktemp("world"))
    write_universe(data.root, customers=60, days=60, seed=7)
    return data


def tables_of(manifest, system: str) -> list[SourceTable]:
    return [source for source in source_tables(manifest) if source.system == system]


def load(source: SourceTable, data: DataDir) -> duckdb.DuckDBPyConnection:
    warehouse = duckdb.connect()
    warehouse.execute(ops_ddl())
    load_table(warehouse, source, data, NOW, settle_seconds=0)
    return warehouse


def test_the_tills_say_the_same_from_their_database(
    manifest, files, postgres, tmp_path, monkeypatch
):
    from_files = {s.table: load(s, files) for s in tables_of(manifest, "pos")}
    for source in tables_of(manifest, "pos"):
        fill_postgres(postgres, from_files[source.table], source)
    monkeypatch.setenv("C360_POS_DSN", postgres.uri)
    data = DataDir(tmp_path)
    for source in tables_of(manifest, "pos"):
        assert extract(source, data, NOW).rows > 0
        fetched = load(source, data)
        expected = from_files[source.table].sql(typed_rows(source)).fetchall()
        found = fetched.sql(typed_rows(source)).fetchall()
        assert sorted(found, key=repr) == sorted(expected, key=repr)
        assert extract(source, data, NOW + timedelta(days=1)).rows == 0
