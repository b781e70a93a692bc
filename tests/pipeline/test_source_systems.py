"""The tables of a system are the same from its server as they are from its files."""

from datetime import datetime, timedelta

import duckdb
import pytest
import stamina

from orchestration.ingestion.extract import extract
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.universe import write_universe
from orchestration.warehouse import DataDir, ops_ddl
from tests.rest_server import rest_server, status, truncated
from tests.source_systems import fill_postgres, json_rows, typed_rows

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


def assert_same(source: SourceTable, one, other) -> None:
    """Two warehouses hold the same rows of a table, as they are declared."""
    rows = [
        sorted(w.sql(typed_rows(source)).fetchall(), key=repr) for w in (one, other)
    ]
    assert rows[0]
    assert rows[0] == rows[1]


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
        assert_same(source, from_files[source.table], load(source, data))
        assert extract(source, data, NOW + timedelta(days=1)).rows == 0


def test_support_says_the_same_from_its_interface(
    manifest, files, tmp_path, monkeypatch
):
    sources = tables_of(manifest, "zendesk")
    from_files = {source.table: load(source, files) for source in sources}
    monkeypatch.setenv("C360_ZENDESK_USER", "agent@example.com/token")
    monkeypatch.setenv("C360_ZENDESK_TOKEN", "s3cret")
    data = DataDir(tmp_path)
    with stamina.set_testing(True, attempts=3), rest_server() as api:
        monkeypatch.setenv("C360_ZENDESK_URL", api.url)
        api.authorization = "Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46czNjcmV0"
        api.size = 10
        for source in sources:
            rows = json_rows(files.landing / source.landing_folder)
            api.collections[source.origin.endpoint] = rows
            api.rows_name = source.origin.rows
            api.faults = {1: [truncated], 2: [status(503)]}
            assert extract(source, data, NOW).rows == len(rows)
            assert_same(source, from_files[source.table], load(source, data))
            assert extract(source, data, NOW + timedelta(days=1)).rows == 0
