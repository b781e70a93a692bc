"""Where scores are kept: tables are made from their declaration, whoever makes them."""

from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
import yaml

from orchestration.scores import store
from orchestration.scores.assets import ALL
from orchestration.scores.store import declaration, ensure_tables
from orchestration.warehouse import PROJECT_ROOT, connect

COLUMNS = {"customer_id": "varchar", "share": "decimal(5, 2)", "hours": "integer[]"}


@pytest.fixture
def warehouse(data):
    with connect(data.warehouse) as connection:
        yield connection


@pytest.fixture(params=["by dbt", "by Python"])
def ensure_scores(request, tmp_path, monkeypatch):
    """Make the tables of a project that declares one score `s`, as either does."""
    if request.param == "by dbt":
        return ensured_by_dbt
    monkeypatch.setattr(store, "declaration", lambda score: tmp_path / f"{score}.yml")

    def ensured_by_python(connection, columns: dict[str, str]) -> None:
        declared = [{"name": n, "data_type": kind} for n, kind in columns.items()]
        sources = [{"name": "scores", "tables": [{"name": "s", "columns": declared}]}]
        (tmp_path / "s.yml").write_text(yaml.safe_dump({"sources": sources}))
        ensure_tables(connection)

    return ensured_by_python


def ensured_by_dbt(connection, columns: dict[str, str]) -> None:

    def run_query(sql: str) -> Any:
        rows = connection.execute(sql).fetchall()
        values = SimpleNamespace(values=lambda: [value for (value,) in rows])
        return SimpleNamespace(columns=[values])

    table = SimpleNamespace(
        source_name="scores",
        name="s",
        columns={
            name: SimpleNamespace(name=name, data_type=data_type)
            for name, data_type in columns.items()
        },
    )
    other = SimpleNamespace(source_name="ops", name="batches", columns={})
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals.update(
        execute=True,
        run_query=run_query,
        graph=SimpleNamespace(sources={"a": table, "b": other}),
    )
    source = (PROJECT_ROOT / "macros" / "ensure_scores.sql").read_text()
    connection.execute(environment.from_string(source).module.duckdb__ensure_scores())


def stored(connection) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = 'scores' order by column_index"
    ).fetchall()


def test_a_declared_table_is_made_once_and_keeps_its_rows(warehouse, ensure_scores):
    ensure_scores(warehouse, COLUMNS)
    assert stored(warehouse) == [
        ("customer_id", "VARCHAR"),
        ("share", "DECIMAL(5,2)"),
        ("hours", "INTEGER[]"),
    ]
    warehouse.execute("insert into scores.s values ('c1', 0.5, [9])")
    ensure_scores(warehouse, COLUMNS)
    assert warehouse.sql("select customer_id from scores.s").fetchall() == [("c1",)]


@pytest.mark.parametrize(
    "columns",
    [
        {**COLUMNS, "rank": "integer"},
        {**COLUMNS, "share": "double"},
        {"customer_id": "varchar"},
    ],
)
def test_other_columns_make_another_table_that_is_learnt_again(
    warehouse, ensure_scores, columns
):
    ensure_scores(warehouse, COLUMNS)
    warehouse.execute(
        """
        insert into scores.s values ('c1', 0.5, [9]);
        insert into ops.score_models
        values
            ('s', 'm', 'v', now(), 'x', '{}'), ('other', 'm', 'v', now(), 'x', '{}');
        """
    )
    ensure_scores(warehouse, columns)
    assert dict(stored(warehouse)).keys() == columns.keys()
    assert warehouse.sql("from scores.s").fetchall() == []
    assert warehouse.sql("select score from ops.score_models").fetchall() == [
        ("other",)
    ]


def test_what_a_score_was_learnt_from_is_told_by_rows_and_code(warehouse):
    """Not by the order in which tables were built, which differs between runs."""

    def states(*builds: tuple[str, int, str | None, int | None]) -> str:
        warehouse.execute("delete from ops.table_builds")
        warehouse.executemany(
            "insert into ops.table_builds (layer, table_schema, table_name, version, "
            "built_at, layout, checksum) values ('core', 'core', ?, ?, now(), ?, ?)",
            [list(build) for build in builds],
        )
        return store.state_of(warehouse, ("core.a", "core.b"), "code")

    found = states(("a", 1, "x", 10), ("b", 2, "y", 20), ("other", 3, "z", 30))
    assert found == states(("b", 7, "y", 20), ("a", 9, "x", 10), ("other", 8, "", 0))
    assert store.state_of(warehouse, ("core.a", "core.b"), "other code") != found
    for other in (
        (("a", 1, "x", 10), ("b", 2, "y", 21)),
        (("a", 1, "x", 10), ("b", 2, "another", 20)),
        (("a", 1, "x", 20), ("b", 2, "y", 10)),
        (("a", 1, "x", 10),),
    ):
        assert states(*other) != found
    assert states(("a", 1, None, None)) != states(("a", 2, None, None))


def test_every_score_is_declared_in_a_file_of_its_name():
    declared = {path.stem for path in declaration("any").parent.glob("*.yml")}
    assert {score.name for score in ALL} == declared
