"""The words that suites are written in."""

import duckdb
import pytest

from expectations.rules import as_many_as, filled, never
from orchestration.gate_evaluation import Target, evaluate
from orchestration.gx_duckdb import execution_engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table things as select i as id, nullif(i, 3) as part "
            "from range(10) as numbers(i); "
            "create table few as from things limit 9"
        )
    with execution_engine(path) as engine:
        yield engine


@pytest.mark.parametrize(
    ("rule", "rows_failed"),
    [
        (never("id > 9", "Why."), 0),
        (never("id > 6 or part is null", "Why.", show=["id"]), 4),
        (never("id > 7", "Why.", share=0.2), 0),
        (never("id > 7 or part is null", "Why.", share=0.2), 3),
        (filled("part", "Why."), 1),
        (as_many_as("main.things", "Why."), 0),
        (as_many_as("main.few", "Why."), 1),
    ],
)
def test_a_rule_fails_by_the_rows_that_break_it(engine, rule, rows_failed):
    (finding,) = evaluate(engine, Target("main", "things", ["id"]), [rule])
    assert (finding.passed, finding.rows_failed) == (rows_failed == 0, rows_failed)
    assert finding.reason == "Why."


def test_a_rule_that_does_not_stop_is_a_warning(engine):
    rule = never("id > 5", "Why.", stops=False)
    (finding,) = evaluate(engine, Target("main", "things"), [rule])
    assert (finding.passed, finding.severity) == (False, "warning")
