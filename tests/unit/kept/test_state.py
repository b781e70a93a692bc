"""The mirror of kept state."""

from datetime import datetime

import duckdb
import pytest

from orchestration import clock
from orchestration.kept.state import StateUnreadableError, restore_state, save_state
from orchestration.warehouse import connect

REGISTRY = "select 'a:b:' || n as record_key, n as record_seq from range(1, 4) as r(n)"


def keep(path, sql: str) -> None:
    with connect(path) as connection:
        connection.execute("create schema if not exists identity")
        connection.execute(f"create or replace table identity.record_registry as {sql}")


def rows(path) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(
            "from identity.record_registry order by all"
        ).fetchall()


def test_what_is_saved_comes_back_into_an_empty_warehouse(data):
    keep(data.warehouse, REGISTRY)
    with connect(data.warehouse) as connection:
        written = save_state(connection, data)
    before = rows(data.warehouse)
    data.warehouse.unlink()

    assert [path.name for path in written] == ["record_registry.parquet"]
    with connect(data.warehouse) as connection:
        assert restore_state(connection, data) == ["record_registry"]
    assert rows(data.warehouse) == before


def test_a_table_that_has_more_is_not_overwritten(data):
    keep(data.warehouse, REGISTRY)
    with connect(data.warehouse) as connection:
        save_state(connection, data)
    keep(data.warehouse, REGISTRY.replace("4", "5"))
    with connect(data.warehouse) as connection:
        assert restore_state(connection, data) == []
    assert len(rows(data.warehouse)) == 4


def test_an_older_warehouse_gets_the_newest_ids_back_and_loses_none(data):
    keep(data.warehouse, REGISTRY)
    with connect(data.warehouse) as connection:
        save_state(connection, data)
    newest = rows(data.warehouse)
    keep(data.warehouse, REGISTRY + " where n = 1")
    with connect(data.warehouse) as connection:
        assert save_state(connection, data) == []
        assert restore_state(connection, data) == ["record_registry"]
    assert rows(data.warehouse) == newest


def test_only_a_change_is_written(data):
    keep(data.warehouse, REGISTRY)
    path = data.state / "record_registry.parquet"
    with connect(data.warehouse) as connection:
        save_state(connection, data)
    first = path.stat()

    keep(data.warehouse, REGISTRY + " order by n desc")
    with connect(data.warehouse) as connection:
        assert save_state(connection, data) == []
    assert path.stat().st_mtime_ns == first.st_mtime_ns

    keep(data.warehouse, REGISTRY.replace("4", "5"))
    with connect(data.warehouse) as connection:
        assert save_state(connection, data) == [path]
    assert [file.name for file in data.state.iterdir()] == [path.name]


def test_without_state_there_is_nothing_to_restore_or_save(data):
    with connect(data.warehouse) as connection:
        assert restore_state(connection, data) == []
        assert save_state(connection, data) == []
    assert not data.state.exists()


def test_a_broken_file_says_what_is_at_stake(data):
    data.state.mkdir(parents=True)
    (data.state / "record_registry.parquet").write_bytes(b"not parquet")
    with (
        connect(data.warehouse) as connection,
        pytest.raises(StateUnreadableError, match="every customer would get a new id"),
    ):
        restore_state(connection, data)


def test_a_broken_file_is_replaced_by_what_the_warehouse_knows(data):
    keep(data.warehouse, REGISTRY)
    data.state.mkdir(parents=True)
    path = data.state / "record_registry.parquet"
    path.write_bytes(b"not parquet")
    with connect(data.warehouse) as connection:
        assert save_state(connection, data) == [path]
        assert restore_state(connection, data) == []
    data.warehouse.unlink()
    with connect(data.warehouse) as connection:
        assert restore_state(connection, data) == ["record_registry"]


def test_the_history_of_customers_comes_back_with_its_clock(data):
    with connect(data.warehouse) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.customer_history as "
            "select 'c1' as customer_id, 'new' as lifecycle_stage, "
            "timestamp '2100-01-01' as committed_from, null::timestamp as committed_to"
        )
        save_state(connection, data)
    data.warehouse.unlink()

    with connect(data.warehouse) as connection:
        assert restore_state(connection, data) == ["customer_history"]
        assert connection.execute(
            "select customer_id, lifecycle_stage from marts.customer_history"
        ).fetchall() == [("c1", "new")]
        assert clock.moment(connection) > datetime(2100, 1, 1)
