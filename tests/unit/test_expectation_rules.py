"""The words that suites are written in."""

import json

import duckdb
import pytest

from expectations.rules import as_many_as, filled, never, no_rows, unique
from orchestration.gates.evaluation import Target, evaluate
from orchestration.gates.gx_duckdb import execution_engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table things as select i as id, nullif(i, 3) as part, "
            "i % 3 as third, if(i < 5, i, null) as few "
            "from range(10) as numbers(i); "
            "create table few as from things limit 9"
        )
    with execution_engine(path) as engine:
        yield engine


@pytest.mark.parametrize(
    ("rule", "passed", "rows_failed"),
    [
        (never("id > 9", "Why."), True, 0),
        (never("id > 6 or part is null", "Why.", show=["id"]), False, 4),
        (never("id > 7", "Why.", share=0.2), True, 2),
        (never("id > 7 or part is null", "Why.", share=0.2), False, 3),
        (filled("part", "Why."), False, 1),
        (unique("id", why="Why."), True, 0),
        (unique("part", why="Why."), True, 0),
        (unique("third", why="Why."), False, 10),
        (unique("id", "third", why="Why."), True, 0),
        (unique("third", "few", why="Why."), False, 4),
        (unique("third", "few", why="Why.", share=0.4), True, 4),
        (as_many_as("main.things", "Why."), True, 0),
        (as_many_as("main.few", "Why."), False, 1),
    ],
)
def test_a_rule_fails_by_the_rows_that_break_it(engine, rule, passed, rows_failed):
    (finding,) = evaluate(engine, Target("main", "things", ["id"]), [rule])
    assert (finding.passed, finding.rows_failed) == (passed, rows_failed)
    assert finding.reason == "Why."
    assert (finding.examples is None) == passed


@pytest.mark.parametrize(
    ("rule", "extent"),
    [
        (never("id > 7", "Why.", show=["id"]), "2 of 10 rows fail (20.00%)"),
        (
            never("id > 7", "Why.", show=["id"], excess="id - 7"),
            "found 2 of 10 rows, by 3 in all",
        ),
        (
            never("id > 7", "Why.", show=["id"], excess="cast(null as integer)"),
            "found 2 of 10 rows, by 0 in all",
        ),
        (as_many_as("main.few", "Why."), "found 10 rows, where main.few has 9"),
        (
            no_rows("select third from judged group by third", "no thirds", "Why."),
            "3 rows break it",
        ),
        (no_rows("select 1 as one", "nothing", "Why."), "1 row breaks it"),
    ],
)
def test_a_count_is_of_the_rows_that_it_is_said_of(engine, rule, extent):
    """What a query returns is no share of the table's rows."""
    (finding,) = evaluate(engine, Target("main", "things", ["id"]), [rule])
    assert finding.extent == extent


def test_a_rule_that_sql_refuses_fails_alone_and_says_so(engine):
    suite = [
        never("no_such_column > 1", "Why.", stops=False),
        filled("no_such_column", "Why."),
        never("id > 6", "Why."),
        unique("id", why="Why."),
    ]
    refused, missing, broken, kept = evaluate(engine, Target("main", "things"), suite)
    assert refused.severity == "error"
    for finding in (refused, missing):
        assert not finding.passed
        assert finding.reason.startswith("It could not be evaluated: ")
        assert "no_such_column" in finding.reason
    assert (broken.rows_failed, kept.passed) == (3, True)


def test_the_doubled_rows_are_shown(engine):
    rule = unique("third", why="Why.", show=["third", "id"])
    (finding,) = evaluate(engine, Target("main", "things"), [rule])
    assert finding.column_name == "third"
    examples = json.loads(finding.examples)
    assert [row["third"] for row in examples] == [0] * 4 + [1] * 3 + [2] * 3
    assert {row["id"] for row in examples} == set(range(10))


def test_a_rule_that_does_not_stop_is_a_warning(engine):
    rule = never("id > 5", "Why.", stops=False)
    (finding,) = evaluate(engine, Target("main", "things"), [rule])
    assert (finding.passed, finding.severity) == (False, "warning")


def test_rows_that_cannot_be_shown_are_told_and_the_count_stands(engine):
    rule = never("id > 6", "Why.", show=["idd"])
    (finding,) = evaluate(engine, Target("main", "things"), [rule])
    assert (finding.passed, finding.rows_failed, finding.examples) == (False, 3, None)
    assert finding.reason.startswith("Why. The rows could not be shown: ")
    assert "idd" in finding.reason
