"""The same files, built by DuckDB and by Spark: every table says the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt.runner import invoke
from orchestration.project import manifest
from orchestration.spark import lake
from orchestration.spark.session import open_session
from orchestration.universe import write_universe
from orchestration.warehouse import connect
from tests.pipeline.comparison import Difference, compare
from tests.pipeline.small_spark import use_small_spark
from tests.pipeline.worlds import HISTORY, MOMENTS, SCHEMAS, World

pytestmark = [pytest.mark.slow, pytest.mark.spark, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that both have built, each all of it."""
    world = World(tmp_path_factory.mktemp("both"))
    write_universe(world.root, customers=300, days=60, seed=11)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("C360_DATA_DIR", str(world.root))
        environment.setenv("C360_TARGET", "dev")
        world.takes_in().builds()
        use_small_spark(environment, tmp_path_factory.mktemp("conf"))
        with connect(world.data.dev_warehouse) as connection:
            lake.give(connection, world.data, "staging", manifest())
        for command in ("seed", "run"):
            result = invoke([command])
            assert result.success, result.message
        yield world
        open_session(world.data).stop()


def relations(world: World) -> list[tuple[str, str]]:
    """Return the tables and views that models made, but for those that keep history."""
    return [
        (schema, name)
        for schema, name in world.query(
            f"""
            select table_schema, table_name
            from information_schema.tables
            where
                table_catalog = current_database()
                and table_schema in {(*SCHEMAS, "seeds", "governance")}
                and table_schema <> 'quarantine'
            order by all
            """
        )
        if name not in HISTORY
    ]


def test_every_table_is_the_same(world):
    found: dict[str, Difference | str] = {}
    compared = relations(world)
    with duckdb.connect(str(world.data.dev_warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        for schema, name in compared:
            files = lake.files_of(world.data, schema, name)
            difference = compare(
                connection,
                f"{schema}.{name}",
                f"read_parquet('{files}/*.parquet')",
                without=MOMENTS,
            )
            if difference:
                found[f"{schema}.{name}"] = difference

    assert len(compared) > 250
    assert found == {}


def test_no_function_of_ours_bears_the_name_of_one_that_spark_has(world):
    """Spark looks among its own first, and says nothing of the other."""
    session = open_session(world.data)
    ours, sparks = (
        {name for (name,) in session.sql(f"show {kind} functions").collect()}
        for kind in ("user", "system")
    )
    assert "winkler_similarity" in ours
    assert not ours & sparks


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("values ('a', 1.0::double), ('b', 2.0)", Difference()),
        ("values ('b', 2.0::double), ('a', 1.0 + 1e-12)", Difference()),
        ("values ('a', 1.0::double), ('b', 2.1)", Difference(unequal={"col1": 1})),
        ("values ('a', 1.0::double)", Difference(only_first=1)),
        ("values ('a', 1.0::double), ('c', 2.0)", Difference((), 1, 1)),
        ("values ('a', null::double), ('b', 2.0)", Difference(unequal={"col1": 1})),
    ],
)
def test_comparison_sees_what_differs(other, expected):
    with duckdb.connect() as connection:
        found = compare(
            connection,
            "(values ('a', 1.0::double), ('b', 2.0))",
            f"({other})",
        )

    assert found == expected


def test_a_column_that_is_missing_is_a_difference(tmp_path: Path):
    with duckdb.connect() as connection:
        found = compare(connection, "(select 1 as a, 2 as b)", "(select 1 as a)")

    assert found == Difference(missing=("b",))
