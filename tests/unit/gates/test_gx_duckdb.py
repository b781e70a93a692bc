"""Every expectation inside DuckDB, on rows that pass and that fail, against SQL."""

import json

import duckdb
import great_expectations.expectations as gxe
import great_expectations.expectations.core as core
import pytest
import sqlalchemy as sa

from orchestration.gates.evaluation import EXAMPLES, Target, evaluate
from orchestration.gates.gx_castable import ExpectColumnValuesToBeCastable
from orchestration.gates.gx_duckdb import execution_engine
from tests.unit.gates.gx_row_cases import ROWS, TABLE
from tests.unit.gates.gx_table_cases import (
    FIGURES,
    NOT_FOR_ONE_TABLE,
    OTHERS,
    WITHOUT_SQL,
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("gx") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLE)
    return path


@pytest.fixture(scope="module")
def engine(warehouse):
    with execution_engine(warehouse) as engine:
        yield engine


def expect(name: str, arguments: dict):
    if name == "ExpectColumnValuesToBeCastable":
        return ExpectColumnValuesToBeCastable(**arguments)
    return getattr(gxe, name)(**arguments)


def found(engine, name: str, arguments: dict, table: str = "orders"):
    target = Target("shop", table, key=["id"])
    (finding,) = evaluate(engine, target, [expect(name, arguments)])
    return finding


def count(engine, sql: str):
    with engine.engine.connect() as connection:
        return connection.execute(sa.text(sql)).scalar()


@pytest.mark.parametrize(
    ("name", "arguments", "bad"),
    [(name, *case) for name, cases in ROWS.items() for case in cases],
)
def test_rows_that_fail_are_those_that_sql_counts(engine, name, arguments, bad):
    finding = found(engine, name, arguments)
    expected = count(engine, f"select count(*) from shop.orders where {bad or 'false'}")
    assert (finding.passed, finding.rows_failed) == (bad is None, expected), finding


@pytest.mark.parametrize(("name", "case"), FIGURES.items())
def test_a_figure_is_the_one_that_sql_computes(engine, name, case):
    sql, arguments, enough, too_little = case
    good = found(engine, name, {**arguments, "max_value": enough})
    bad = found(engine, name, {**arguments, "max_value": too_little})
    assert (good.passed, bad.passed) == (True, False), (good, bad)
    expected = count(engine, f"select {sql} from shop.orders")
    assert float(good.observed) == pytest.approx(float(expected))


@pytest.mark.parametrize(("name", "case"), OTHERS.items())
def test_what_holds_passes_and_what_does_not_fails(engine, name, case):
    good, bad = (found(engine, name, arguments) for arguments in case)
    assert good.passed, good
    assert not bad.passed
    assert "could not be evaluated" not in (bad.reason or "")


@pytest.mark.parametrize(("name", "arguments"), WITHOUT_SQL)
def test_what_has_no_sql_fails_closed_and_says_so(engine, name, arguments):
    finding = found(engine, name, arguments)
    assert not finding.passed
    assert finding.severity == "error"
    assert "could not be evaluated" in finding.reason


def test_no_expectation_is_left_out():
    known = {n for n in dir(core) if n.startswith(("Expect", "Unexpected"))}
    tested = {*ROWS, *FIGURES, *OTHERS, *(name for name, _ in WITHOUT_SQL)}
    ours = {"ExpectColumnValuesToBeCastable"}
    assert tested - ours | NOT_FOR_ONE_TABLE == known
    assert not tested & NOT_FOR_ONE_TABLE


def test_a_view_is_judged_as_a_table_is(engine):
    arguments = {"column": "email"}
    finding = found(engine, "ExpectColumnValuesToNotBeNull", arguments, "seen")
    assert (finding.rows_checked, finding.rows_failed) == (100, 10)


def test_some_failing_rows_may_be_allowed(engine):
    arguments = {"column": "email", "mostly": 0.9}
    assert found(engine, "ExpectColumnValuesToNotBeNull", arguments).passed
    arguments = {"column": "email", "mostly": 0.91}
    assert not found(engine, "ExpectColumnValuesToNotBeNull", arguments).passed


def test_examples_bear_the_key_and_are_few(engine):
    finding = found(engine, "ExpectColumnValuesToBeNull", {"column": "email"})
    examples = json.loads(finding.examples)
    assert len(examples) == EXAMPLES
    assert examples[0] == {"id": 1, "email": "user1@example.com"}


def test_only_the_rows_of_the_batch_are_judged(engine):
    target = Target("shop", "loaded", batch_id="b")
    suite = [
        expect("ExpectColumnValuesToNotBeNull", {"column": "at"}),
        expect("ExpectTableRowCountToEqual", {"value": 3}),
        expect(
            "UnexpectedRowsExpectation",
            {"unexpected_rows_query": 'select * from {batch} where "at" is null'},
        ),
    ]
    assert all(finding.passed for finding in evaluate(engine, target, suite))


def test_a_suite_of_nothing_is_refused(engine):
    with pytest.raises(ValueError, match=r"Nothing is expected of shop\.orders"):
        evaluate(engine, Target("shop", "orders"), [])


def test_the_file_is_opened_beside_a_writer_of_this_process_and_let_go_of(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLE)
        with execution_engine(path) as engine:
            assert found(engine, "ExpectTableRowCountToBeBetween", {"min_value": 1})
            connection.execute("create table shop.others as select 1 as one")
    with execution_engine(path) as engine:
        # Its rows are left unread, which alone would keep the file open.
        query = {"unexpected_rows_query": "select a.* from {batch} a, range(100000)"}
        assert not found(engine, "UnexpectedRowsExpectation", query).passed
        with pytest.raises(duckdb.Error, match="different configuration"):
            duckdb.connect(str(path), read_only=True)
    duckdb.connect(str(path), read_only=True).close()
