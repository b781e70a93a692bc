"""The score from purchase days to the table: histories, backtest, the fall-back."""

from datetime import date

import duckdb
import numpy as np
import pytest

from orchestration.scores import customer_value
from orchestration.scores.assets import refresh_score
from orchestration.scores.buying import Histories, fit_buying
from orchestration.scores.customer_value import (
    BASELINE,
    MODEL,
    SCORE,
    forecast,
    read_known,
    same_again,
)
from orchestration.warehouse import connect
from tests.unit.scores.cdnow import CDNOW

CALIBRATION_END = date(1997, 9, 30)


def warehouse(connection: duckdb.DuckDBPyConnection, days: str, as_of: str) -> None:
    """Fill what the score reads, the days by a query, as first versions of tables."""
    connection.execute(
        f"""
        create schema core;
        create schema features;
        create table core.as_of as select timestamp '{as_of}' as as_of;
        create table features.customer_purchase_days as {days};
        insert into ops.table_builds
            (layer, table_schema, table_name, version, built_at)
        values
            ('core', 'core', 'as_of', 1, now()),
            ('features', 'features', 'customer_purchase_days', 1, now());
        """
    )


@pytest.fixture
def shop(data):
    """CDNOW's sample of customers, up to the end of June 1998."""
    with connect(data.warehouse) as connection:
        warehouse(
            connection,
            f"""
            select
                cast(customer_id as varchar) as customer_id,
                date as purchased_on,
                cast(count(*) as integer) as order_count,
                cast(sum(amount) as decimal(18, 2)) as revenue_reporting
            from '{CDNOW}/sample_2357.parquet'
            group by all
            """,
            "1998-06-30 20:00:00",
        )
        yield connection


def test_histories_are_those_of_the_published_summary(shop):
    known = read_known(shop, CALIBRATION_END)
    published = shop.sql(
        f"""
        select frequency, recency * 7, "T" * 7
        from '{CDNOW}/summary_cal39_lifetimes.parquet'
        order by id
        """
    ).fetchall()
    order = np.argsort(known.customers.to_numpy(zero_copy_only=False).astype(int))
    found = np.column_stack([known.purchases - 1, known.recency, known.age])[order]
    assert len(found) == 2357
    assert np.abs(found - np.array(published)).max() < 0.05


def test_what_comes_after_is_not_known_before(shop):
    known = read_known(shop, CALIBRATION_END)
    (after,) = shop.execute(
        """
        select count(*) from features.customer_purchase_days
        where purchased_on between date '1997-10-01' and date '1997-12-29'
        """
    ).fetchall()[0]
    assert known.next.sum() == after
    shop.execute(
        "delete from features.customer_purchase_days where purchased_on > ?",
        [CALIBRATION_END],
    )
    alone = read_known(shop, CALIBRATION_END)
    assert alone.next.sum() == 0
    assert np.array_equal(
        forecast(alone).lifetime_value, forecast(known).lifetime_value
    )


def test_the_model_beats_the_last_period_and_is_used(shop):
    refresh_score(shop, SCORE)
    ((model, customers, total),) = shop.sql(
        "select any_value(model), count(*), sum(expected_purchases_90_days) "
        "from scores.customer_value"
    ).fetchall()
    assert (model, customers) == (MODEL, 2357)
    known = read_known(shop, date(1998, 6, 30))
    days = fit_buying(
        Histories.of(known.purchases - 1, known.recency, known.age)
    ).expected_purchases(known.histories, 90)
    assert total == pytest.approx(days.sum())
    decided = shop.sql(
        """
        select value, baseline_value, is_better from ops.model_performance
        where decides
        """
    ).fetchall()
    assert [better for *_, better in decided] == [True]
    assert decided[0][0] < decided[0][1]


def test_a_model_that_loses_is_said_to_lose_and_is_not_used(shop, monkeypatch):
    def silly(known):
        found = forecast(known)
        return type(found)(
            **{**vars(found), "purchases_in_period": known.purchases * 9}
        )

    monkeypatch.setattr(customer_value, "forecast", silly)
    refresh_score(shop, SCORE)
    assert shop.sql(
        "select distinct model, probability_active from scores.customer_value"
    ).fetchall() == [(BASELINE, None)]
    assert shop.sql(
        "select model, is_better from ops.model_performance where decides"
    ).fetchall() == [(MODEL, False)]


def test_nothing_is_learnt_twice_and_figures_stay(shop):
    assert refresh_score(shop, SCORE)["rebuilt"]
    assert refresh_score(shop, SCORE) == {"rebuilt": False}
    shop.execute("update ops.table_builds set version = 2")
    shop.execute("update core.as_of set as_of = as_of + interval 1 day")
    assert refresh_score(shop, SCORE)["rebuilt"]
    counts = shop.sql(
        """
        select
            (select count(*) from scores.customer_value),
            (select count(distinct model_version) from ops.model_performance),
            (select count(*) from ops.score_models)
        """
    ).fetchall()
    assert counts == [(2357, 2, 1)]


@pytest.mark.parametrize(
    "days",
    [
        "select '' as customer_id, date '2026-01-01' as purchased_on, "
        "1 as order_count, 1.00 as revenue_reporting where false",
        "select 'c' || i as customer_id, date '2026-06-01' as purchased_on, "
        "1 as order_count, 9.50 as revenue_reporting from range(3) as t (i)",
    ],
)
def test_where_there_is_little_to_learn_from_the_baseline_stands(data, days):
    with connect(data.warehouse) as connection:
        warehouse(connection, days, "2026-06-30 00:00:00")
        refresh_score(connection, SCORE)
        found = connection.sql(
            "select distinct model, lifetime_value > 0 from scores.customer_value"
        ).fetchall()
        assert found in ([], [(BASELINE, True)])
        assert connection.sql("from ops.model_performance").fetchall() == []


def test_the_baseline_repeats_the_last_period(shop):
    known = read_known(shop, CALIBRATION_END)
    found = same_again(known)
    assert np.array_equal(found.purchases_in_period, known.recent)
    assert found.revenue_in_period == pytest.approx(known.recent_revenue)
