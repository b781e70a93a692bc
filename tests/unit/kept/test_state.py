"""The mirror of kept state."""

import shutil
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


def learn(connection, *, trained_on: str, figures: int) -> None:
    """Let a score have been learnt from something, with so many figures so far."""
    connection.execute(
        "insert or replace into ops.score_models values ('groups', 'k_means', 'v1', "
        """now(), ?, '{"names": ["Mail readers"]}')""",
        [trained_on],
    )
    connection.execute(
        "delete from ops.model_performance; insert into ops.model_performance "
        "select 'groups', 'k_means', 'v' || n, now(), now(), 'groups', 'silhouette', "
        "9, .5, 'none', .4, true, true, now() from range(?) as t (n)",
        [figures],
    )


def models(connection) -> tuple[list, int]:
    """What is known of the model, and how many figures there are."""
    ((figures,),) = connection.execute(
        "select count(*) from ops.model_performance"
    ).fetchall()
    kept = "select trained_on, parameters ->> '$.names[0]' from ops.score_models"
    return connection.execute(kept).fetchall(), figures


def test_models_come_back_and_are_learnt_again(data):
    """Groups go on under their names; the scores were lost with the warehouse."""
    with connect(data.warehouse) as connection:
        learn(connection, trained_on="rows", figures=3)
        save_state(connection, data)
    data.warehouse.unlink()

    with connect(data.warehouse) as connection:
        assert save_state(connection, data) == []
        restored = restore_state(connection, data)
        assert restored == ["score_models", "model_performance"]
        assert models(connection) == ([("", "Mail readers")], 3)
        learn(connection, trained_on="rows", figures=3)


def test_an_older_warehouse_gets_the_newest_models_back(data):
    with connect(data.warehouse) as connection:
        learn(connection, trained_on="rows", figures=2)
    shutil.copy(data.warehouse, data.root / "older.duckdb")
    with connect(data.warehouse) as connection:
        learn(connection, trained_on="more rows", figures=3)
        save_state(connection, data)
    shutil.copy(data.root / "older.duckdb", data.warehouse)

    with connect(data.warehouse) as connection:
        assert save_state(connection, data) == []
        restore_state(connection, data)
        assert models(connection) == ([("", "Mail readers")], 3)


def test_figures_that_aged_do_not_come_back(data):
    with connect(data.warehouse) as connection:
        learn(connection, trained_on="rows", figures=3)
        save_state(connection, data)
        learn(connection, trained_on="more rows", figures=2)
        assert restore_state(connection, data) == []
        assert len(save_state(connection, data)) == 2
        assert models(connection) == ([("more rows", "Mail readers")], 2)
    data.warehouse.unlink()
    with connect(data.warehouse) as connection:
        restore_state(connection, data)
        assert models(connection) == ([("", "Mail readers")], 2)
