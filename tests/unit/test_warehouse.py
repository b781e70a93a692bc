"""The warehouse file: how it comes to be, and what is said when it does not open."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse import (
    STORAGE_VERSION,
    WarehouseDamagedError,
    connect,
    open_file,
)


def layout(path: Path) -> str:
    """Return which version of DuckDB a file is laid out for, as its catalog says."""
    with duckdb.connect(str(path), read_only=True) as connection:
        (version,) = connection.execute(
            "select tags['storage_version'] from duckdb_databases() "
            "where database_name = ?",
            [path.stem],
        ).fetchone() or ("",)
    return str(version)


def test_a_new_file_has_the_layout_that_costs_least(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with connect(path) as connection:
        connection.execute("create table main.kept as select 1 as one")
    assert layout(path).startswith(STORAGE_VERSION)


def test_an_older_file_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as older (storage_version 'v1.0.0')")
        connection.execute("create table older.kept as select 1 as one")
    with connect(path) as connection:
        assert connection.execute("from kept").fetchall() == [(1,)]
    assert layout(path).startswith("v1.0.0")


def test_a_path_with_a_quote_is_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "o'neill"
    folder.mkdir()
    open_file(folder / "warehouse.duckdb").close()
    assert (folder / "warehouse.duckdb").is_file()


def test_a_file_of_another_kind_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_text("a,b\n1,2\n" * 4096, encoding="utf-8")
    with pytest.raises(WarehouseDamagedError, match="c360 rebuild"):
        open_file(path)
    assert path.read_text(encoding="utf-8").startswith("a,b")
