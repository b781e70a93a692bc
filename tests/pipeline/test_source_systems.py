"""The tables of a system are the same from its server as they are from its files."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import stamina

from orchestration.ingestion.extract import extract
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.universe import write_universe
from orchestration.warehouse import DataDir, ops_ddl
from tests.pipeline.worlds import World
from tests.rest_server import Api, rest_server, status, truncated
from tests.source_systems import fill_postgres, json_rows, served, typed_rows

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


@pytest.fixture
def desk(monkeypatch) -> Iterator[Api]:
    """A Zendesk that asks who is there."""
    monkeypatch.setenv("C360_ZENDESK_USER", "agent@example.com/token")
    monkeypatch.setenv("C360_ZENDESK_TOKEN", "s3cret")
    with stamina.set_testing(True, attempts=3), rest_server() as api:
        monkeypatch.setenv("C360_ZENDESK_URL", api.url)
        api.authorization = "Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46czNjcmV0"
        api.size = 10
        yield api


def offer(api: Api, source: SourceTable, rows: list[dict]) -> None:
    """Have the interface give the rows of a table, with trouble on its first pages."""
    api.collections[source.origin.endpoint] = rows
    api.rows_name = source.origin.rows
    api.faults = {1: [truncated], 2: [status(503)]}


def test_support_says_the_same_from_its_interface(manifest, files, desk, tmp_path):
    data = DataDir(tmp_path)
    for source in tables_of(manifest, "zendesk"):
        rows = json_rows(files.landing / source.landing_folder)
        offer(desk, source, rows)
        assert extract(source, data, NOW).rows == len(rows)
        assert_same(source, load(source, files), load(source, data))
        assert extract(source, data, NOW + timedelta(days=1)).rows == 0


def test_both_are_served_for_whoever_wants_to_try(
    manifest, files, tmp_path, monkeypatch
):
    with served(files) as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        for system in ("pos", "zendesk"):
            for source in tables_of(manifest, system):
                assert extract(source, DataDir(tmp_path), NOW).rows > 0


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_the_marts_are_the_same_from_servers_as_from_files(
    manifest, files, postgres, desk, use, tmp_path, monkeypatch
):
    """Even where a value was no good at the source, and somebody mended it here."""
    tills, support = tables_of(manifest, "pos"), tables_of(manifest, "zendesk")
    for source in tills:
        fill_postgres(postgres, load(source, files), source)
    postgres.run(
        "alter table transactions alter column total type text",
        "update transactions set total = total || ' EUR' "
        "where transaction_id = (select min(transaction_id) from transactions)",
    )
    monkeypatch.setenv("C360_POS_DSN", postgres.uri)
    shutil.copytree(
        files.landing,
        tmp_path / "servers/landing",
        ignore=lambda folder, names: (
            names if Path(folder).parent.name in ("pos", "zendesk") else []
        ),
    )
    served = World(tmp_path / "servers")
    for source in tills:
        assert extract(source, served.data, NOW).rows > 0
    for source in support:
        rows = json_rows(files.landing / source.landing_folder)
        if source.table == "tickets":
            good = rows[0]["created_at"]
            rows[0]["created_at"] = "last Monday"
        offer(desk, source, rows)
        assert extract(source, served.data, NOW).rows == len(rows)

    use(served).takes_in()
    served.builds("stg_pos__transactions", "stg_zendesk__support_tickets")
    held = served.query(
        "select row_id, text from quarantine.open_rows "
        "where stage = 'cast' and source_system in ('pos', 'zendesk')"
    )
    mended = [t.replace(" EUR", "").replace("last Monday", good) for _, t in held]
    assert len(held) == 2
    row_ids = [row_id for row_id, _ in held]
    served.mends(*zip(row_ids, mended, strict=True)).builds()

    filed = World(tmp_path / "files")
    shutil.copytree(files.landing, filed.data.landing)
    use(filed).takes_in().builds()
    for table, key, columns in (
        ("orders", "order_key", "net, revenue_reporting, ordered_at, record_key"),
        ("order_lines", "line_key", "order_key, sku, quantity, net"),
        ("tickets", "ticket_key", "opened_at, status, satisfaction, record_key"),
    ):
        rows = f"select {key}, {columns} from marts.{table} order by {key}"
        assert served.query(rows) == filed.query(rows)
        assert len(served.query(rows)) > 0
    # Ids are of the record that came first, which is another; who is one is the same.
    groups = (
        "select list(record_key order by record_key) as records "
        "from marts.customer_records group by customer_id order by records"
    )
    assert served.query(groups) == filed.query(groups)
