"""What people do in the sample world hangs together."""

from datetime import date

import duckdb
import numpy as np

from orchestration.universe.engagement import simulate_answers
from orchestration.universe.world import World
from tests.unit.universe.reading import table_rows


def test_nobody_who_is_held_out_is_written_to(world):
    held_out = {
        key.removeprefix("klaviyo:profile:")
        for (key,) in duckdb.sql(
            f"""
            select record_key
            from '{world}/truth/person_records.parquet'
            inner join '{world}/truth/people.parquet' using (person_id)
            where is_campaign_holdout and record_key like 'klaviyo:%'
            """
        ).fetchall()
    }
    written_to = {
        row["relationships"]["profile"]["data"]["id"]
        for row in table_rows(world, "klaviyo/events")
        if row["attributes"]["metric_name"] == "Received Email"
    }
    assert held_out
    assert len(written_to) > 50
    assert not held_out & written_to


def test_clicks_bring_orders_that_name_the_campaign(world):
    campaigns = {
        parameter["value"]
        for row in table_rows(world, "klaviyo/campaigns")
        for parameter in row["attributes"]["tracking_options"]["utm_params"]
        if parameter["name"] == "utm_campaign"
    }
    named = {
        row["landing_site"].split("utm_campaign=")[1]
        for row in table_rows(world, "shopify/orders")
        if "utm_medium=email" in row["landing_site"]
    }
    assert named
    assert named <= campaigns


def test_damaged_orders_are_answered_with_lower_scores():
    n = 4000
    orders = {
        "i": np.arange(n),
        "order_no": np.arange(n),
        "occurred_at": np.zeros(n),
        "is_bad": np.arange(n) % 2 == 0,
        "is_test": np.zeros(n, dtype=bool),
    }
    nothing = {
        name: np.zeros(0, dtype=kind)
        for name, kind in {
            "i": int, "ticket_no": int, "order_no": int, "occurred_at": float,
            "solve_minutes": int, "is_happy": bool, "answers_survey": bool,
        }.items()
    }  # fmt: skip
    world = World(customers=n, days=30, seed=1, end_date=date(2026, 6, 30))
    answers = simulate_answers(world, 0, orders, nothing)
    of_bad = answers["score"][answers["order_no"] % 2 == 0]
    of_good = answers["score"][answers["order_no"] % 2 == 1]
    assert min(len(of_bad), len(of_good)) > 200
    assert of_bad.mean() < of_good.mean() - 3


def test_bots_look_and_never_log_in(world):
    calls = table_rows(world, "segment/events")
    bots = [row for row in calls if "bot" in row["context"]["userAgent"]]
    assert bots
    assert all(row["userId"] is None for row in bots)
    assert {row["event"] for row in bots} <= {None, "Product Viewed"}


def test_a_call_after_the_log_in_names_the_user(world):
    calls = table_rows(world, "segment/events")
    assert all(row["userId"] for row in calls if row["type"] == "identify")
    assert {row["type"] for row in calls} == {
        "alias", "group", "identify", "page", "screen", "track",
    }  # fmt: skip
