"""Chances that can be believed, held to a known truth and to a public data set."""

import duckdb
import numpy as np
import pytest

from orchestration.scores.classifier import (
    TooFewCasesError,
    calibration_error,
    fit_classifier,
    measure_chances,
    ranking_quality,
)
from tests.unit.scores.cdnow import CDNOW

TELCO = CDNOW.parent / "telco_churn_ibm" / "customers.parquet"


def drawn(count: int, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Draw cases whose chances are known: columns, outcomes, chances."""
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(count, 3)) * [1, 5, 1] + [0, 100, 0]
    chances = 1 / (1 + np.exp(-(columns @ [1.0, 0.2, 0.0] - 21)))
    return columns, (rng.random(count) < chances).astype(float), chances


def test_known_chances_and_what_makes_them_are_found():
    columns, outcome, _ = drawn(20_000)
    classifier = fit_classifier(columns, outcome)
    new, _, chances = drawn(5_000, seed=2)
    assert np.abs(classifier.chances(new) - chances).mean() < 0.015
    assert classifier.coefficients == pytest.approx([1, 1, 0], abs=0.06)
    average = np.array([[0.0, 100.0, 0.0]])
    assert classifier.contributions(average + np.array([0.0, 5.0, 0.0]))[
        0
    ] == pytest.approx([0, 1, 0], abs=0.06)


def test_few_cases_are_not_followed_into_chance():
    columns, outcome, _ = drawn(300)
    new, _, chances = drawn(5_000, seed=2)
    found = fit_classifier(columns, outcome).chances(new)
    assert np.abs(found - chances).mean() < 0.06


def test_churn_of_real_columns_is_ranked_and_its_chances_hold():
    """IBM's telephone customers, a made sample with the columns of a real one."""
    rows = duckdb.sql(f"select * exclude (customerID) from '{TELCO}'").df()
    numbers = ["tenure", "MonthlyCharges", "TotalCharges"]
    outcome = (rows.pop("Churn") == "Yes").to_numpy(float)
    values = [
        np.array([float(v) if v.strip() else 0.0 for v in rows[n]]) for n in numbers
    ]
    for name in rows.columns.difference(numbers):
        values += [(rows[name] == value).to_numpy(float) for value in set(rows[name])]
    columns = np.column_stack(values)
    shown = np.random.default_rng(7).random(len(outcome)) < 0.7
    chances = fit_classifier(columns[shown], outcome[shown]).chances(columns[~shown])
    assert ranking_quality(outcome[~shown], chances) > 0.83
    assert calibration_error(outcome[~shown], chances) < 0.03


def test_too_little_of_one_outcome_is_said():
    with pytest.raises(TooFewCasesError, match="only 3 cases"):
        fit_classifier(np.ones((100, 1)), np.r_[np.ones(3), np.zeros(97)])


def test_calibration_error_is_the_mean_distance_in_tenths():
    chances = np.repeat([0.1, 0.9], 50)
    honest = np.tile(np.r_[np.ones(1), np.zeros(9)], 5)
    outcome = np.r_[honest, 1 - honest]
    assert calibration_error(outcome, chances) == pytest.approx(0)
    assert calibration_error(outcome, np.full(100, 0.9)) == pytest.approx(0.4)


def test_the_honest_chance_decides_and_not_the_better_order():
    outcome = np.tile([0.0, 0.0, 0.0, 1.0], 25)
    order = np.where(outcome == 1, 0.1, 0.05)
    found = {
        m.metric: m for m in measure_chances("x", outcome, order, outcome * 0 + 0.25)
    }
    assert found["auc"].value == 1
    assert found["auc"].is_better
    assert not found["brier"].is_better
    assert [m.metric for m in found.values() if m.decides] == ["brier"]
    assert found["brier"].baseline_value == pytest.approx(0.1875)
