"""Gamma-Gamma against the published figures of CDNOW, and against itself."""

import json

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.scores.likelihood import TooLittleHistoryError
from orchestration.scores.spending import SpendingModel, fit_spending
from tests.unit.scores.cdnow import CDNOW


@pytest.fixture(scope="module")
def fitted() -> SpendingModel:
    rows = duckdb.sql(
        f"""
        select cast(x as double) as x, zbar
        from '{CDNOW}/summary_with_zbar.parquet'
        """
    ).fetchnumpy()
    return fit_spending(rows["x"], rows["zbar"])


def test_finds_the_published_parameters(fitted):
    published = json.loads((CDNOW / "published.json").read_text())["published"]
    wanted = published["gamma_gamma"]
    found = [fitted.p, fitted.q, fitted.v]
    assert found == pytest.approx([wanted[n] for n in ("p", "q", "v")], abs=0.01)


def test_another_currency_changes_only_the_scale(fitted):
    rng = np.random.default_rng(1)
    purchases = rng.integers(1, 9, 500).astype(float)
    mean = rng.gamma(4, 12, 500)
    dollars, cents = fit_spending(purchases, mean), fit_spending(purchases, mean * 100)
    assert cents.v == pytest.approx(dollars.v * 100, rel=1e-3)
    assert cents.expected_value(purchases, mean * 100) == pytest.approx(
        dollars.expected_value(purchases, mean) * 100, rel=1e-3
    )


@given(
    purchases=st.integers(1, 500),
    mean=st.floats(0.01, 10_000),
    more=st.integers(1, 500),
)
def test_what_is_expected_lies_between_ones_own_mean_and_that_of_all(
    fitted, purchases, mean, more
):
    of_all = fitted.expected_value(np.array([0.0]), np.array([0.0]))[0]
    few, many = (
        fitted.expected_value(np.array([float(n)]), np.array([mean]))[0]
        for n in (purchases, purchases + more)
    )
    low, high = sorted((mean, of_all))
    assert low - 1e-6 <= few <= high + 1e-6
    assert abs(many - mean) <= abs(few - mean) + 1e-9


def test_a_handful_of_customers_tells_nothing():
    with pytest.raises(TooLittleHistoryError, match="only 2 customers"):
        fit_spending(np.array([1.0, 2, 0, 3]), np.array([5.0, 6, 0, -1]))
