"""BG/NBD against the published figures of CDNOW, and against itself."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.scores.buying import BuyingModel, Histories, fit_buying
from orchestration.scores.likelihood import TooLittleHistoryError
from tests.unit.scores.cdnow import CDNOW, histories

CASE_IN_THE_PAPER = Histories.of([2], [30.43], [38.86])


@pytest.fixture(scope="module")
def fitted() -> BuyingModel:
    return fit_buying(histories())


def test_finds_the_published_parameters(fitted):
    published = json.loads((CDNOW / "published.json").read_text())["published"]["bgnbd"]
    found = [fitted.r, fitted.alpha, fitted.a, fitted.b]
    assert found == pytest.approx(
        [published[name] for name in ("r", "alpha", "a", "b")], abs=6e-4
    )
    assert fitted.log_likelihood == pytest.approx(published["LL"], abs=0.05)


def test_expects_what_the_paper_expects_of_its_example(fitted):
    assert fitted.expected_purchases(CASE_IN_THE_PAPER, 39)[0] == pytest.approx(
        1.226, abs=5e-4
    )


def test_another_unit_of_time_changes_nothing_but_the_rates(fitted):
    weeks = histories()
    days = fit_buying(Histories(weeks.repeats, weeks.recency * 7, weeks.age * 7))
    assert days.alpha == pytest.approx(fitted.alpha * 7, rel=1e-3)
    assert days.expected_purchases(
        Histories(weeks.repeats, weeks.recency * 7, weeks.age * 7), 70
    ) == pytest.approx(fitted.expected_purchases(weeks, 10), rel=1e-3)


def test_the_sample_after_the_fit_is_forecast_as_published(fitted):
    """Fader, Hardie and Lee show the holdout by number of repeats; so does the file."""
    ours = json.loads((CDNOW / "published.json").read_text())["ours"]
    forecast = fitted.expected_purchases(histories(), 39)
    assert forecast.sum() == pytest.approx(ours["holdout"]["bgnbd_pred"], abs=1)
    never_again = histories().repeats == 0
    count, _, expected = ours["by_calibration_frequency"]["0"]
    assert never_again.sum() == count
    assert forecast[never_again].mean() == pytest.approx(expected, abs=1e-3)


def test_finds_the_parameters_of_a_simulated_world():
    rng = np.random.default_rng(7)
    customers, age = 20_000, 52.0
    rate = rng.gamma(0.8, 1 / 6.0, customers)
    drop_out = rng.beta(1.2, 3.0, customers)
    repeats, recency = np.zeros(customers), np.zeros(customers)
    clock, active = np.zeros(customers), np.ones(customers, bool)
    while active.any():
        clock = clock + rng.exponential(1 / rate)
        active &= clock < age
        repeats[active] += 1
        recency[active] = clock[active]
        active &= rng.random(customers) > drop_out
    found = fit_buying(Histories.of(repeats, recency, np.full(customers, age)))
    assert found.r / found.alpha == pytest.approx(0.8 / 6.0, rel=0.06)
    assert found.a / (found.a + found.b) == pytest.approx(1.2 / 4.2, rel=0.06)


@given(
    repeats=st.integers(0, 60),
    recency=st.floats(0, 100),
    rest=st.floats(0, 100),
    horizon=st.floats(0.1, 200),
)
def test_forecasts_are_chances_and_amounts(fitted, repeats, recency, rest, horizon):
    of = Histories.of([repeats], [recency if repeats else 0], [recency + rest])
    active = fitted.probability_active(of)[0]
    assert 0 <= active <= 1
    assert active == 1 or repeats > 0
    soon, later = (fitted.expected_purchases(of, t)[0] for t in (horizon, horizon * 2))
    assert 0 <= soon <= later


def test_silence_after_many_purchases_speaks_for_a_loss(fitted):
    of = Histories.of([1, 5, 20], [10, 10, 10], [38, 38, 38])
    active = fitted.probability_active(of)
    assert list(active) == sorted(active, reverse=True)


@pytest.mark.parametrize("repeats", [[], [0, 0, 0]])
def test_without_a_repeat_there_is_nothing_to_learn(repeats):
    with pytest.raises(TooLittleHistoryError, match="bought twice"):
        fit_buying(Histories.of(repeats, repeats, [9.0] * len(repeats)))
