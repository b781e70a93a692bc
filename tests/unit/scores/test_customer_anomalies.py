"""Anomalies, in a world where everybody's usual is known."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from orchestration.scores.assets import refresh_score
from orchestration.scores.customer_anomalies import (
    BASELINE,
    MODEL,
    SCORE,
    Known,
    read_known,
)
from orchestration.warehouse import connect
from tests.unit.scores.days import put_days

AS_OF = date(2026, 6, 30)
CUSTOMERS = 400
MONTHS = 10


def days() -> pa.Table:
    """Let customers spend about the same every month, some ten times what others do."""
    rng = np.random.default_rng(3)
    who = np.repeat(np.arange(CUSTOMERS), MONTHS)
    month = np.tile(np.arange(MONTHS), CUSTOMERS)
    usual = np.where(np.arange(CUSTOMERS) % 2, 500.0, 50.0)
    spent = usual[who] * np.exp(rng.normal(0, 0.25, len(who)))
    return pa.table(
        {
            "customer_id": [f"c{i:03}" for i in who],
            "active_on": [AS_OF - timedelta(days=30 * int(m) + 3) for m in month],
            "orders_reporting": spent,
            "orders": np.ones(len(who), "int32"),
            "logins": np.full(len(who), 2, "int32"),
        }
    )


@pytest.fixture
def shop(data):
    with connect(data.warehouse) as connection:
        put_days(connection, f"{AS_OF} 20:00:00", days())
        yield connection


def spend(connection: duckdb.DuckDBPyConnection, who: str, times: float) -> None:
    connection.execute(
        """
        update features.customer_days set orders_reporting = orders_reporting * ?
        where customer_id = ? and active_on > ?
        """,
        [times, who, AS_OF - timedelta(days=30)],
    )


def found(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple]:
    refresh_score(connection, SCORE)
    rows = connection.sql(
        """
        select customer_id, spend_distance, spend_30_days, spend_usual
        from scores.customer_anomalies
        """
    ).fetchall()
    return {who: figures for who, *figures in rows}


def test_a_small_customer_who_spends_like_a_large_one_is_found(shop):
    spend(shop, "c008", 10)
    scores = found(shop)
    assert max(scores, key=lambda who: scores[who][0]) == "c008"
    distance, now, usual = scores["c008"]
    assert distance > 4
    assert usual == pytest.approx(50, rel=0.25)
    assert now > 300
    assert scores["c009"][0] < 3
    assert sum(figures[0] > 4 for figures in scores.values()) <= 2
    assert shop.sql(
        "select model, value > baseline_value, is_better from ops.model_performance "
        "where decides"
    ).fetchall() == [(MODEL, True, True)]


def test_who_is_new_is_held_to_everybody(shop):
    shop.execute(
        "delete from features.customer_days where customer_id in ('c008', 'c009') "
        "and active_on < date '2026-06-01'"
    )
    spend(shop, "c009", 200)
    scores = found(shop)
    assert scores["c008"][0] < 2
    assert scores["c009"][0] > 3
    assert scores["c008"][2] == pytest.approx(scores["c009"][2])


def test_one_unusual_month_does_not_make_the_next_usual(shop):
    shop.execute(
        """
        update features.customer_days set orders_reporting = orders_reporting * 10
        where customer_id = 'c008' and active_on > date '2026-05-01'
        """
    )
    assert found(shop)["c008"][0] > 4


def test_logins_alone_count_and_a_second_one_is_no_alarm(shop):
    shop.execute(
        "update features.customer_days set logins = case customer_id "
        "when 'c001' then 3 when 'c002' then 60 else logins end "
        "where active_on > date '2026-06-01'"
    )
    refresh_score(shop, SCORE)
    rows = dict(
        shop.sql(
            "select customer_id, logins_distance from scores.customer_anomalies"
        ).fetchall()
    )
    assert rows["c001"] < 2
    assert rows["c002"] > 4
    assert shop.sql(
        "select count(refunds_distance) from scores.customer_anomalies"
    ).fetchall() == [(0,)]


def test_the_usual_is_the_mean_of_two_normal_distributions():
    """Months of one's own and everybody's are weighed by their precision."""
    one = Known(
        pa.array(["a"]),
        months=np.array([4.0]),
        median=np.array([6.0]),
        largest=np.array([6.0]),
        now=np.array([8.0]),
        median_of_all=3.0,
        spread=(1.0, 2.0),
    )
    own, all_of_them = 4 / 2.0**2, 1 / 1.0**2
    assert one.usual() == pytest.approx(
        (own * 6 + all_of_them * 3) / (own + all_of_them)
    )
    deviation = np.sqrt(2.0**2 + 1 / (own + all_of_them))
    assert one.distance_from_own() == pytest.approx((8 - one.usual()) / deviation)


def test_what_comes_after_is_not_known_before(shop):
    until = AS_OF - timedelta(days=60)
    before = read_known(shop, until, "spend")
    shop.execute("delete from features.customer_days where active_on > ?", [until])
    alone = read_known(shop, until, "spend")
    assert np.array_equal(alone.distance_from_own(), before.distance_from_own())


def test_few_customers_are_held_to_everybody(data):
    with connect(data.warehouse) as connection:
        put_days(connection, f"{AS_OF} 20:00:00", days().slice(0, 30))
        refresh_score(connection, SCORE)
        assert connection.sql(
            "select distinct model from scores.customer_anomalies"
        ).fetchall() == [(BASELINE,)]
        connection.execute("delete from features.customer_days")
        connection.execute("update ops.table_builds set version = 2")
        assert refresh_score(connection, SCORE)["dagster/row_count"] == 0
