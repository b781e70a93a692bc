"""Churn from days to the table, in a world whose true chances are known."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from orchestration.scores import customer_churn
from orchestration.scores.assets import refresh_score
from orchestration.scores.customer_churn import (
    BASELINE,
    COLUMNS,
    MODEL,
    SCORE,
    read_known,
    share_lapsed,
)
from orchestration.warehouse import connect
from tests.unit.scores.days import put_days

CUSTOMERS = 3000
DAYS = 500
AS_OF = date(2026, 6, 30)
RATES = np.where(np.arange(CUSTOMERS) % 2, 1 / 20, 1 / 120)


def orders() -> pa.Table:
    """Let everybody order at a rate of their own, forever."""
    rng = np.random.default_rng(5)
    owner, day = np.nonzero(rng.random((CUSTOMERS, DAYS)) < RATES[:, None])
    return pa.table(
        {
            "customer_id": pa.array([f"c{i:04}" for i in owner]),
            "active_on": pa.array(np.datetime64(AS_OF) - (DAYS - 1) + day, pa.date32()),
            "orders": np.ones(len(day), "int32"),
            "sales": np.ones(len(day), "int32"),
        }
    )


@pytest.fixture
def shop(data):
    with connect(data.warehouse) as connection:
        put_days(connection, f"{AS_OF} 20:00:00", orders())
        yield connection


def test_true_chances_are_found_and_beat_recency(shop):
    assert refresh_score(shop, SCORE)["model"] == MODEL
    rows = shop.execute(
        "select customer_id, churn_probability from scores.customer_churn"
    ).fetchnumpy()
    who = np.array([int(name[1:]) for name in rows["customer_id"]])
    true = (1 - RATES[who]) ** 90
    found = rows["churn_probability"]
    before = read_known(shop, date(2026, 4, 1))
    recency = share_lapsed(before, read_known(shop, AS_OF))
    assert len(who) > 0.98 * CUSTOMERS
    assert np.abs(found - true).mean() < 0.06
    assert np.abs(found - true).mean() < 0.5 * np.abs(recency - true).mean()
    decided = shop.sql(
        "select metric, is_better from ops.model_performance where decides"
    ).fetchall()
    assert decided == [("brier", True)]


def test_what_comes_after_a_day_is_not_known_on_it(shop):
    until = date(2026, 4, 1)
    before = read_known(shop, until)
    events = ", ".join(
        f"{i + 1} as {name}"
        for i, (name, *_) in enumerate(
            shop.execute("describe features.customer_days").fetchall()
        )
        if name not in ("customer_id", "active_on")
    )
    shop.execute(
        f"""
        insert into features.customer_days by name
        select distinct customer_id, date '2026-04-02' as active_on, {events}
        from features.customer_days
        """
    )
    after = read_known(shop, until)
    assert after.customers.equals(before.customers)
    assert np.array_equal(after.values, before.values)
    assert before.has_lapsed.sum() > 0
    assert after.has_lapsed.sum() == 0
    seen = read_known(shop, date(2026, 4, 2))
    assert not np.array_equal(seen.values, before.values)


def test_who_has_no_order_or_had_all_cancelled_is_not_asked_about(data):
    days = pa.table(
        {
            "customer_id": ["looks", "cancels", "buys"],
            "active_on": [date(2026, 6, 1)] * 3,
            "orders": [0, 1, 1],
            "cancellations": [0, 1, 0],
            "views": [5, 0, 0],
        }
    )
    with connect(data.warehouse) as connection:
        put_days(connection, f"{AS_OF} 20:00:00", days)
        assert read_known(connection, AS_OF).customers.to_pylist() == ["buys"]
        found = refresh_score(connection, SCORE)
        assert found == {"rebuilt": True, "model": BASELINE, "dagster/row_count": 1}
        assert connection.sql("from ops.model_performance").fetchall() == []


def test_a_model_that_loses_is_not_used(shop, monkeypatch):
    class Silly:
        def chances(self, columns):
            return np.full(len(columns), 0.99)

    monkeypatch.setattr(customer_churn, "fit", lambda before: Silly())
    assert refresh_score(shop, SCORE)["model"] == BASELINE
    assert shop.sql(
        "select model, is_better from ops.model_performance where decides"
    ).fetchall() == [(MODEL, False)]
    ((chance, reason),) = shop.sql(
        """
        select churn_probability, first_reason from scores.customer_churn
        where customer_id = 'c0001'
        """
    ).fetchall()
    known = read_known(shop, AS_OF)
    recency = known.values[known.customers.to_pylist().index("c0001")][0]
    assert 0 < chance < 1
    assert reason.startswith(f"days since the last order: {recency:.0f} (")


def test_reasons_say_what_moves_the_chance(shop):
    refresh_score(shop, SCORE)
    rare, often = (
        shop.execute(
            f"""
            select avg(churn_probability), list(distinct first_reason)
            from scores.customer_churn
            where cast(customer_id[2:] as integer) % 2 = {kind}
            """
        ).fetchall()[0]
        for kind in (0, 1)
    )
    assert rare[0] > 0.4 > 0.1 > often[0]
    said = [reason.rsplit(": ", 1) for reason in often[1]]
    assert {text for text, _ in said} <= {w.text for w in COLUMNS.values()}
    assert shop.sql(
        """
        select count(*) filter (where first_reason like '%(lower risk)')
            > 0.9 * count(*)
        from scores.customer_churn where churn_probability < 0.1
        """
    ).fetchall() == [(True,)]
