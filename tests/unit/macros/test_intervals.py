"""The ends of intervals, against SciPy."""

import duckdb
import pytest
from scipy import stats

from tests.unit.macros.macro_sql import macro_sql


def value(macro: str, *arguments: str) -> float | None:
    return duckdb.execute(f"select {macro_sql(macro, *arguments)}").fetchall()[0][0]


@pytest.mark.parametrize(
    ("degrees", "off_by"), [("2", 0.008), ("2.5", 0.004), ("4", 0.001), ("30.7", 1e-6)]
)
def test_students_t_is_close_from_two_degrees_on(degrees, off_by):
    exact = stats.t.ppf(0.975, float(degrees))
    assert value("student_t", degrees) == pytest.approx(exact, rel=off_by)


def test_two_answers_have_no_interval():
    assert value("student_t", "1") is None


@pytest.mark.parametrize(("good", "of"), [(0, 1), (1, 1), (3, 4), (81, 263)])
def test_a_share_has_the_interval_of_wilson(good, of):
    low, high = stats.binomtest(good, of).proportion_ci(method="wilson")
    found = [value("wilson_bound", sign, str(good), str(of)) for sign in ("-", "+")]
    assert found == pytest.approx([low, high], abs=1e-6)


def test_nothing_has_no_interval():
    assert value("wilson_bound", "-", "0", "0") is None
