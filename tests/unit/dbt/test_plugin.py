"""A bare dbt says in a sentence why it cannot open the warehouse."""

from types import SimpleNamespace

import duckdb
import pytest
from dbt_common.exceptions import DbtRuntimeError

from orchestration.dbt.plugin import Plugin


@pytest.fixture
def open_warehouse(data):
    """Do what dbt does before it opens a file."""
    plugin = Plugin("c360", {})

    def open_(path=data.warehouse, **config) -> None:
        plugin.update_connection_config(SimpleNamespace(path=str(path)), config)

    return open_


def test_a_warehouse_that_can_be_opened_is_left_as_it_is(data, open_warehouse):
    open_warehouse()
    with duckdb.connect(str(data.warehouse)) as connection:
        connection.execute("create table kept as select 42 as answer")
        open_warehouse()
        assert connection.execute("from kept").fetchall() == [(42,)]


def test_without_a_data_directory_the_commands_that_make_one_are_named(
    data, open_warehouse
):
    with pytest.raises(DbtRuntimeError, match=r"(?s)C360_DATA_DIR.*c360 run.*c360 dev"):
        open_warehouse(data.dev_warehouse)
    assert not data.dev_warehouse.parent.exists()


def test_a_damaged_warehouse_names_the_command_that_mends_it(data, open_warehouse):
    data.warehouse.write_bytes(b"no database" * 5000)
    with pytest.raises(DbtRuntimeError, match="c360 rebuild"):
        open_warehouse()
