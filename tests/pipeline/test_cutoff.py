"""A table that is built again with the rows it had is no news to what reads it.

The dbt project here is a small one of its own, with the real macros and hooks.
"""

from pathlib import Path

import pytest

from orchestration.dbt.layer import LayerBuild, build_layer
from orchestration.project import layer_nodes, manifest
from orchestration.warehouse import connect
from tests.pipeline.small_projects import MODELS, write_project

FILES = {
    "dbt_project.yml": MODELS
    + "    staging: {+schema: staging, +materialized: table}\n",
    "models/staging/_staging.yml": """
sources:
  - name: main
    schema: main
    tables:
      - {name: numbers, config: {loaded_at_query: from main.numbers order by all}}
""",
    "models/staging/positive.sql": """
select * from {{ source('main', 'numbers') }} where {{ 'number' }} > 0
""",
    "models/staging/inverse.sql": """
select 1 / number as inverse from {{ ref('positive') }}
where number <> 13 or error('thirteen') is null
""",
    "models/staging/shown.sql": """
{{ config(materialized='view') }}
select * from {{ ref('inverse') }}
""",
    "models/staging/counted.sql": "select count(*) as numbers from {{ ref('shown') }}",
    "models/staging/marked.sql": "select numbers from {{ ref('counted') }}",
}

ALL = {"positive", "inverse", "shown", "counted", "marked"}


@pytest.fixture(scope="module")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small project, which is parsed once."""
    return write_project(tmp_path_factory.mktemp("project"), FILES, "materializations")


@pytest.fixture
def built(small_project, tmp_path, monkeypatch) -> None:
    """Everything is built of four rows."""
    monkeypatch.setenv("C360_PROJECT_DIR", str(small_project))
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("C360_TARGET", "prod")
    holds("(1, 'a'), (2, 'b'), (3, 'c'), (-1, 'd')")
    assert names(build().changed) == ALL


def holds(rows: str, columns: str = "number, letter") -> None:
    """Let the source hold these rows."""
    with connect() as connection:
        connection.execute(
            f"create or replace table main.numbers as from (values {rows}) t({columns})"
        )


def build() -> LayerBuild:
    nodes = layer_nodes(manifest(), "staging")
    return build_layer(manifest(), "staging", nodes, connect)


def names(unique_ids) -> set[str]:
    return {unique_id.rsplit(".", 1)[-1] for unique_id in unique_ids}


def test_nothing_new_builds_nothing(built):
    done = build()
    assert (names(done.seconds), names(done.stands)) == (set(), ALL)


def test_rows_that_a_model_leaves_out_end_at_it(built):
    holds("(1, 'a'), (2, 'b'), (3, 'c'), (-1, 'd'), (-2, 'e')")
    done = build()
    assert names(done.seconds) == {"positive"}
    assert done.changed == set()
    assert names(done.stands) == ALL - {"positive"}
    assert build().seconds == {}


def test_news_goes_as_far_as_it_makes_a_difference(built):
    """Another number, as many numbers: whoever counts them has nothing to tell."""
    holds("(1, 'a'), (2, 'b'), (4, 'c')")
    done = build()
    assert names(done.seconds) == ALL - {"marked"}
    assert names(done.changed) == {"positive", "inverse", "shown"}


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ("(1, 'b'), (2, 'a'), (3, 'c')", "number, letter"),
        ("(1, 'a'), (2, 'b'), (3, 'c'), (3, 'c'), (3, 'c')", "number, letter"),
        ("(1, 'a'), (2, 'b'), (3, null)", "number, letter"),
        ("(1, 'a'), (2, 'b'), (3, 'c')", "number, word"),
        ("(1::bigint, 'a'), (2, 'b'), (3, 'c')", "number, letter"),
    ],
    ids=["exchanged values", "repeated rows", "a null", "a name", "a type"],
)
def test_all_that_a_reader_may_see_makes_a_difference(built, rows, columns):
    holds(rows, columns)
    assert "positive" in names(build().changed)


def test_the_order_of_rows_makes_none(built):
    holds("(3, 'c'), (-1, 'd'), (1, 'a'), (2, 'b')")
    assert build().changed == set()


def test_what_failed_is_built_by_the_next_run(built):
    """Though what it reads has no news for that run."""
    holds("(1, 'a'), (2, 'b'), (13, 'c')")
    failed = build()
    assert "thirteen" in failed.failure
    assert names(failed.changed) == {"positive"}
    again = build()
    assert (again.seconds, "thirteen" in again.failure) == ({}, True)

    holds("(1, 'a'), (2, 'b'), (14, 'c')")
    assert names(build().seconds) == ALL - {"marked"}


def test_a_table_that_was_dropped_comes_back_as_it_was(built):
    with connect() as connection:
        connection.execute("drop table staging.positive")
    done = build()
    assert (names(done.seconds), done.changed) == ({"positive"}, set())
