"""What is done to people has the effect that the truth says, and is found again."""

from datetime import date

import duckdb
import numpy as np
import pytest

from orchestration.scores.assets import refresh_score
from orchestration.scores.customer_anomalies import SCORE
from orchestration.universe.chunks import simulate
from orchestration.universe.landing import add_macros
from orchestration.universe.macros import open_database
from orchestration.universe.people import create_people
from orchestration.universe.records import create_records
from orchestration.universe.reference import create_reference
from orchestration.universe.world import Chunk, Drop, World
from orchestration.warehouse import connect
from tests.unit.scores.days import put_days

PEOPLE = 4000


@pytest.fixture(scope="module")
def simulated() -> duckdb.DuckDBPyConnection:
    """What happens in a world, before any system tells of it."""
    drop = Drop(World(PEOPLE, 240, 5, date(2026, 6, 30)), None)
    chunk = Chunk(0, 0, PEOPLE)
    connection = open_database(drop.world)
    add_macros(connection)
    prices = create_reference(connection, drop.world)
    create_people(connection, drop.world, chunk)
    create_records(connection, drop)
    simulate(connection, drop, chunk, prices)
    return connection


def test_the_voucher_moves_as_many_as_the_truth_says(simulated):
    outcomes = simulated.sql(
        """
        select
            voucher.i,
            any_value(is_treated) as is_treated,
            any_value(is_moved) as is_moved,
            count(orders.i) > 0 as has_bought
        from voucher
        left join orders
            on
                voucher.i = orders.i
                and orders.occurred_at between assigned_at
                    and assigned_at + interval 14 day
        group by voucher.i
        """
    ).fetchnumpy()
    treated, bought = outcomes["is_treated"], outcomes["has_bought"]
    assert 0.4 < treated.mean() < 0.6
    # Of those who are moved, a few would have bought without.
    true_effect = (outcomes["is_moved"] & ~bought)[~treated].mean()
    effect = bought[treated].mean() - bought[~treated].mean()
    deviation = np.sqrt(0.25 / treated.sum() + 0.25 / (~treated).sum())
    assert true_effect > 0.08
    assert abs(effect - true_effect) < 2 * deviation


def test_orders_that_are_caused_follow_those_of_habit_in_number(simulated):
    """So that no other order of the world has another number for them."""
    gaps = simulated.sql(
        """
        select i from orders group by i
        having max(rank) + 1 <> count(*) or count(distinct order_no) <> count(*)
        """
    ).fetchall()
    assert gaps == []


def test_frauds_are_among_the_anomalies_and_few_others_are(simulated, data):
    days = simulated.sql(
        """
        select
            'c' || i as customer_id,
            cast(happened_at as date) as active_on,
            sum(spent) as orders_reporting,
            cast(count(spent) as integer) as orders,
            sum(refunded) as refunds_reporting,
            cast(count(*) filter (where is_login) as integer) as logins
        from (
            select i, placed_at as happened_at, total as spent, null as refunded,
                false as is_login
            from web_orders where not is_test and not is_cancelled
            union all
            select i, refunded_at, null, refunded, false
            from web_orders where is_refunded
            union all
            select i, occurred_at, null, null, true from sessions where is_logged_in
        )
        where happened_at < timestamp '2026-07-01'
        group by all
        """
    ).to_arrow_table()
    frauds = {f"c{i}" for (i,) in simulated.sql("select i from frauds").fetchall()}
    with connect(data.warehouse) as connection:
        put_days(connection, "2026-06-30 23:00:00", days)
        refresh_score(connection, SCORE)
        found = {
            who
            for (who,) in connection.sql(
                # The limit of the mart.
                """
                select customer_id from scores.customer_anomalies
                where greatest(
                    spend_distance, orders_distance, refunds_distance, logins_distance
                ) >= 4
                """
            ).fetchall()
        }
    assert days.num_rows > PEOPLE
    assert len(frauds) > 10
    assert len(found & frauds) > 0.5 * len(frauds)
    assert len(found - frauds) < 0.01 * PEOPLE
