"""Smoothing, held to series whose parts are known and to intervals that must hold."""

import numpy as np
import pytest

from orchestration.scores.smoothing import (
    AS_IS,
    LOG,
    ROOT,
    same_season,
    smooth,
)


def test_level_season_and_trend_of_a_series_without_chance_are_found():
    days = np.arange(140)
    season = np.array([5.0, -5, 0, 3, -3, 10, -10])
    found = smooth(100 + season[days % 7], 7)
    assert found.level == pytest.approx(np.full(140, 100))
    assert found.season == pytest.approx(season[days % 7])
    mean, lower, upper = found.forecast(10)
    assert mean == pytest.approx(100 + season[np.arange(140, 150) % 7])
    assert upper - lower == pytest.approx(np.zeros(10), abs=1e-9)


def test_a_season_that_moves_is_followed():
    days = np.arange(280)
    high = np.where(days < 140, days % 7 == 0, days % 7 == 3)
    mean, *_ = smooth(50 + 20.0 * high, 7).forecast(7)
    assert mean.argmax() == 3


def test_a_rise_goes_on_but_is_damped():
    mean, *_ = smooth(np.arange(60.0), 1).forecast(20)
    steps = np.diff(np.r_[59, mean])
    assert 0.4 < steps[0] < 1.1
    assert np.all(np.diff(steps) < 0)


def test_the_recursion_is_that_of_the_book():
    rng = np.random.default_rng(6)
    series = 100 + rng.normal(0, 9, 30)
    found = smooth(series, 1)
    alpha, beta, _, phi = found.parameters
    level, trend = series[:4].mean(), 0.0
    for value, told in zip(series, found.level, strict=True):
        error = value - level - phi * trend
        level, trend = level + phi * trend + alpha * error, phi * trend + beta * error
        assert told == pytest.approx(level)
    assert found.trend == pytest.approx(trend)


def test_eight_in_ten_figures_are_in_the_interval():
    rng = np.random.default_rng(9)
    inside = []
    for _ in range(60):
        level = 200 + np.cumsum(rng.normal(0, 2, 214))
        series = level + 15 * np.sin(np.arange(214) * 2 * np.pi / 7)
        series += rng.normal(0, 6, 214)
        _, lower, upper = smooth(series[:200], 7).forecast(14)
        inside.append((lower <= series[200:]) & (series[200:] <= upper))
    assert 0.72 < np.mean(inside) < 0.88


def doubling(rng, size: int, periods: int):
    """Return what doubles in so many periods, with a weekly season that grows too."""
    days = np.arange(size)
    return 40 * 2 ** (days / periods) * (1 + 0.3 * np.sin(2 * np.pi * days / 7))


@pytest.mark.parametrize("chance", ["of_counts", "in_proportion"])
def test_the_interval_of_what_grows_holds_as_many(chance):
    """With errors of one size, 60 and 53 in 100 figures would be inside."""
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(40):
        mean = doubling(rng, 358, 140)
        if chance == "of_counts":
            series = rng.poisson(mean).astype(float)
        else:
            series = 25 * mean * np.exp(rng.normal(0, 0.2, len(mean)))
        _, lower, upper = smooth(series[:330], 7).forecast(28)
        inside.append((lower <= series[330:]) & (series[330:] <= upper))
    assert 0.72 < np.mean(inside) < 0.88


def test_the_scale_is_that_on_which_errors_are_of_one_size():
    rng = np.random.default_rng(2)
    mean = doubling(rng, 300, 100)
    rising = 40 + np.arange(300) + rng.normal(0, 6, 300)
    assert smooth(rising, 7).scale is AS_IS
    assert smooth(rng.poisson(mean).astype(float), 7).scale is ROOT
    assert smooth(mean * np.exp(rng.normal(0, 0.2, 300)), 7).scale is LOG
    assert smooth(rng.normal(0, 2, 300) - mean, 7).scale is AS_IS


@pytest.mark.parametrize("scale", [AS_IS, ROOT, LOG], ids=lambda scale: scale.name)
def test_a_scale_leads_back_and_says_how_steep_it_is(scale):
    values = np.array([0.0, 0.5, 7, 300])
    assert scale.back(scale.to(values)) == pytest.approx(values)
    steep = (scale.to(values + 1e-6) - scale.to(values)) / 1e-6
    assert np.exp(scale.slope(values)) == pytest.approx(steep, rel=1e-4)


def test_on_every_scale_level_and_season_are_of_the_values():
    rng = np.random.default_rng(4)
    mean = doubling(rng, 300, 100)
    found = smooth(mean * np.exp(rng.normal(0, 0.05, 300)), 7)
    assert found.scale is LOG
    ours = (found.level + found.season)[100:]
    assert np.abs(ours / mean[100:] - 1).mean() < 0.05


def test_few_points_make_the_interval_wide_enough_for_what_was_fitted_to_them():
    """By the mean square of its errors, 72 in 100 figures would be inside."""
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(100):
        series = 100 + rng.normal(0, 5, 20)
        _, lower, upper = smooth(series[:12], 1).forecast(8)
        inside.append((lower <= series[12:]) & (series[12:] <= upper))
    assert 0.76 < np.mean(inside) < 0.92


def test_missing_values_change_nothing_but_what_is_known():
    series = np.tile([10.0, 20, 30], 20)
    series[[30, 44]] = np.nan
    mean, *_ = smooth(series, 3).forecast(3)
    assert mean == pytest.approx([10, 20, 30])


def test_the_baseline_is_the_cycle_before():
    series = np.array([1.0, 2, 3, 4, np.nan, 6])
    mean, lower, upper = same_season(series, 3, 7)
    assert mean.tolist() == [4, 4, 6, 4, 4, 6, 4]
    width = upper - mean
    assert width == pytest.approx(mean - lower)
    assert width[0] == pytest.approx(1.2816 * np.sqrt((9 + 4 + 9) / 3))
    assert width[3] == pytest.approx(width[0] * 2**0.5)
