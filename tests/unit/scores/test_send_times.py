"""Best hours, in worlds where everybody's hours are known."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from orchestration.scores import send_times
from orchestration.scores.assets import refresh_score
from orchestration.scores.send_times import (
    BASELINE,
    CHANNELS,
    HOURS,
    MODEL,
    SCORE,
    best_times,
    read_known,
    shrinkage,
)
from orchestration.warehouse import connect

AS_OF = date(2026, 6, 30)
CUSTOMERS = 600
TRUE = np.where(np.arange(CUSTOMERS) % 3 == 0, 8, 23)


def put(connection, acts: pa.Table) -> None:
    """Make what the score reads; the customer `c0999` never acted."""
    connection.execute(
        f"""
        create schema core;
        create schema features;
        create table core.as_of as select timestamp '{AS_OF} 20:00:00' as as_of;
        create table features.customer_hours as from acts;
        create table features.usable_customers as
        select distinct customer_id from acts where customer_id <> 'visitor'
        union all
        select 'c0999';
        """
    )


@pytest.fixture
def shop(data):
    """Let customers act around hours of their own, a few of them by e-mail."""
    rng = np.random.default_rng(4)
    owner = np.repeat(np.arange(CUSTOMERS), rng.integers(1, 40, CUSTOMERS))
    hour = np.rint(TRUE[owner] + rng.normal(0, 1.5, len(owner))).astype(int) % HOURS
    acts = pa.table(
        {
            "customer_id": [f"c{i:04}" for i in owner] + ["visitor"],
            "channel": np.r_[
                rng.choice(["web", "email"], len(owner), p=[0.9, 0.1]), ["web"]
            ],
            "occurred_on": [
                AS_OF - timedelta(days=int(d))
                for d in rng.integers(0, 300, len(owner) + 1)
            ],
            "local_hour": np.r_[hour, [12]],
            "acts": np.ones(len(owner) + 1, "int32"),
        }
    )
    with connect(data.warehouse) as connection:
        put(connection, acts)
        yield connection


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return hours between two hours, over midnight where that is shorter."""
    return np.abs((one - other + 12) % HOURS - 12)


def test_hours_of_ones_own_are_found_and_beat_those_of_all(shop):
    assert refresh_score(shop, SCORE)["model"] == MODEL
    rows = shop.sql(
        """
        select cast(customer_id[2:] as integer) as who, best_hour
        from scores.send_times
        where channel = 'email' and acts_in_channel + acts_elsewhere >= 8
        """
    ).fetchnumpy()
    assert len(rows["who"]) > 450
    assert (apart(rows["best_hour"], TRUE[rows["who"]]) <= 1).mean() > 0.97
    (decided,) = shop.sql(
        "select target, value, baseline_value from ops.model_performance where decides"
    ).fetchall()
    assert decided[0] == "email"
    assert decided[1] > 1.2 * decided[2]


def test_who_never_acted_gets_the_hour_of_all(shop):
    refresh_score(shop, SCORE)
    rows = shop.sql(
        "select channel, best_hour from scores.send_times where customer_id = 'c0999'"
    ).fetchall()
    assert sorted(channel for channel, _ in rows) == sorted(CHANNELS)
    assert all(apart(hour, 23) <= 1 for _, hour in rows)
    assert (
        shop.sql("from scores.send_times where customer_id = 'visitor'").fetchall()
        == []
    )


def test_what_an_expectation_is_worth_is_found():
    rng = np.random.default_rng(8)
    mean = rng.dirichlet(np.ones(HOURS))
    for precision in (2.0, 20.0):
        shares = rng.dirichlet(precision * mean, 5000)
        acts = np.array([rng.multinomial(15, p / p.sum()) for p in shares])
        assert shrinkage(acts, mean) == pytest.approx(precision, rel=0.08)
    alike = rng.multinomial(15, mean, 5000)
    assert shrinkage(alike, mean) > 500
    assert shrinkage(np.zeros((3, HOURS)), mean) > 5000


def test_what_comes_after_is_not_known_before(shop):
    until = AS_OF - timedelta(days=90)
    before = best_times(read_known(shop, until))
    shop.execute("delete from features.customer_hours where occurred_on > ?", [until])
    alone = read_known(shop, until)
    assert all(not acts.any() for acts in alone.acts_after.values())
    for channel, times in best_times(alone).items():
        assert np.array_equal(times.best_hour, before[channel].best_hour)


def test_a_channel_whose_hours_lose_has_those_of_all(shop):
    """App users act at noon, whatever their hours elsewhere."""
    shop.execute(
        """
        insert into features.customer_hours
        select distinct on (customer_id, occurred_on)
            customer_id, 'app' as channel, occurred_on, 12 as local_hour, 1 as acts
        from features.customer_hours where customer_id <> 'visitor'
        """
    )
    shop.execute(
        "delete from features.customer_hours where channel = 'app' "
        "and occurred_on < date '2026-04-01' and customer_id > 'c0010'"
    )
    refresh_score(shop, SCORE)
    found = shop.sql(
        """
        select channel, bool_or(is_by_own_acts), count(distinct best_hour) > 1
        from scores.send_times where channel in ('app', 'email') group by 1 order by 1
        """
    ).fetchall()
    assert found == [("app", False, False), ("email", True, True)]


def test_hours_that_lose_are_not_used(shop, monkeypatch):
    real = send_times.best_times

    def silly(known):
        return {
            channel: type(times)(
                **{**vars(times), "best_hour": times.best_hour * 0 + 3}
            )
            for channel, times in real(known).items()
        }

    monkeypatch.setattr(send_times, "best_times", silly)
    assert refresh_score(shop, SCORE)["model"] == BASELINE
    assert shop.sql(
        """
        select count(distinct best_hour) from scores.send_times
        where channel = 'email'
        """
    ).fetchall() == [(1,)]


def test_a_shop_without_acts_is_no_error(data):
    empty = pa.table(
        {
            "customer_id": pa.array([], "string"),
            "channel": pa.array([], "string"),
            "occurred_on": pa.array([], pa.date32()),
            "local_hour": pa.array([], "int32"),
            "acts": pa.array([], "int32"),
        }
    )
    with connect(data.warehouse) as connection:
        put(connection, empty)
        assert refresh_score(connection, SCORE)["model"] == BASELINE
        assert connection.sql("from ops.model_performance").fetchall() == []
