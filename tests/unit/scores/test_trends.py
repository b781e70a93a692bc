"""Trends from period metrics to the table."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from orchestration.scores import trends
from orchestration.scores.assets import refresh_score
from orchestration.scores.trends import BASELINE, MODEL, SCORE, read_series
from orchestration.warehouse import connect

DAYS = 200
FIRST = date(2026, 1, 1)


def put(connection, days: np.ndarray, metric: str = "orders") -> None:
    """Make what the score reads: a value a day from the first of January, 0 absent."""
    rows = pa.table(  # noqa: F841, DuckDB reads it by name
        {
            "day": [FIRST + timedelta(days=i) for i in range(len(days))],
            "value": days.astype(float),
        }
    )
    connection.execute(
        f"""
        create schema core;
        create schema features;
        create table core.as_of as
        select timestamp '{FIRST + timedelta(days=len(days))} 09:00' as as_of;
        create table features.period_metrics as
        select
            '{metric}' as metric,
            period,
            cast(date_trunc(period, day) as date) as period_start,
            sum(value) as value,
            count(*) as cases
        from rows
        cross join (values ('day'), ('week'), ('month')) as periods (period)
        where
            value <> 0
            and date_trunc(period, day)
            < date_trunc(period, date '{FIRST + timedelta(days=len(days))}')
            and date_trunc(period, day) >= date '{FIRST}'
        group by all
        """
    )


@pytest.fixture
def orders() -> np.ndarray:
    """Make days around a level, with weekends and chance, and one without an order."""
    rng = np.random.default_rng(2)
    days = 100 + 30 * (np.arange(DAYS) % 7 >= 5) + rng.normal(0, 10, DAYS)
    days[30] = 0
    return np.rint(days)


def test_noisy_series_are_forecast_closer_than_by_their_last_week(data, orders):
    with connect(data.warehouse) as connection:
        put(connection, orders)
        assert refresh_score(connection, SCORE)["model"] == MODEL
        measured = dict(
            connection.sql(
                "select metric, (value, baseline_value) from ops.model_performance "
                "where target = 'orders_by_day'"
            ).fetchall()
        )
        value, baseline = measured["mae"]
        assert value < 0.9 * baseline
        overall = connection.sql(
            "select cases, value from ops.model_performance "
            "where target = 'all_by_day' and metric = 'coverage_of_80'"
        ).fetchall()
        assert overall == [(84, measured["coverage_of_80"][0])]
        rows = connection.sql(
            """
            select period_start, forecast, lower_80, upper_80 from scores.trends
            where period = 'day' and forecast is not null order by 1
            """
        ).fetchall()
    assert [row[0] for row in rows] == [
        FIRST + timedelta(days=DAYS + i) for i in range(28)
    ]
    weekend = (DAYS + np.arange(28)) % 7 >= 5
    means = np.array([row[1] for row in rows])
    assert means[weekend].mean() - means[~weekend].mean() == pytest.approx(30, abs=8)
    assert all(0 <= lower < mean < upper for _, mean, lower, upper in rows)


def test_periods_follow_each_other_and_none_is_missing(data, orders):
    with connect(data.warehouse) as connection:
        put(connection, orders)
        found = {series.period: series for series in read_series(connection)}
        refresh_score(connection, SCORE)
        ends = connection.sql(
            """
            select period, min(period_start), max(period_start), count(*)
            from scores.trends where forecast is not null group by all order by 1
            """
        ).fetchall()
    assert np.array_equal(found["day"].values, orders)
    assert found["week"].starts[0] == date(2026, 1, 5)
    assert found["week"].starts[-1] == date(2026, 7, 13)
    assert found["week"].values[0] == orders[4:11].sum()
    assert found["month"].starts == [date(2026, month, 1) for month in range(1, 7)]
    assert ends == [
        ("day", date(2026, 7, 20), date(2026, 8, 16), 28),
        ("month", date(2026, 7, 1), date(2026, 9, 1), 3),
        ("week", date(2026, 7, 20), date(2026, 9, 7), 8),
    ]


def test_a_series_that_repeats_itself_is_left_to_the_baseline(data, monkeypatch):
    """Each series decides for itself, and says so."""
    days = np.random.default_rng(1).permutation(DAYS) % 7 + 1.0
    days[-150:] = np.tile([1.0, 50, 3, 80, 2, 9, 4], 22)[:150]
    with connect(data.warehouse) as connection:
        put(connection, days)
        refresh_score(connection, SCORE)
        by_model = dict(
            connection.sql(
                "select distinct period, is_by_model from scores.trends"
            ).fetchall()
        )
        last_week = connection.sql(
            "select forecast from scores.trends where period = 'day' "
            "and forecast is not null order by period_start limit 7"
        ).fetchall()
    assert not by_model["day"]
    assert [value for (value,) in last_week] == days[-7:].tolist()


def test_an_nps_without_answers_is_missing_and_not_0(data):
    days = np.tile([50.0, -20, 0, 30], 30)
    with connect(data.warehouse) as connection:
        put(connection, days, "nps")
        (found,) = (s for s in read_series(connection) if s.period == "day")
        assert np.isnan(found.values[2::4]).all()
        assert refresh_score(connection, SCORE)["rebuilt"]
        ((low, high),) = connection.sql(
            "select min(lower_80), max(upper_80) from scores.trends"
        ).fetchall()
    assert -100 <= low < high <= 100


def test_what_is_too_short_to_be_judged_repeats_itself(data):
    with connect(data.warehouse) as connection:
        put(connection, np.array([5.0, 6, 7]))
        assert refresh_score(connection, SCORE)["model"] == BASELINE
        assert connection.sql(
            "select distinct forecast from scores.trends where forecast is not null"
        ).fetchall() == [(7.0,)]
        connection.execute("delete from features.period_metrics")
        assert trends.learn(connection).scores.num_rows == 0
