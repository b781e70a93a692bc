"""What comes after the history: one drop per day."""

import json
import shutil
from datetime import timedelta

import duckdb
import pytest

from orchestration.universe import UniverseError, write_universe
from orchestration.universe.write import DEFAULT_END
from tests.unit.universe.conftest import SIZE
from tests.unit.universe.reading import table_rows

DAY_1 = str(DEFAULT_END + timedelta(days=1))
DAY_2 = str(DEFAULT_END + timedelta(days=2))
DAY_3 = str(DEFAULT_END + timedelta(days=3))


def test_a_day_brings_its_own_orders_and_nothing_of_before(later_world):
    ids = {row["id"] for row in table_rows(later_world, "shopify/orders", DAY_1)}
    fresh = [
        row
        for row in table_rows(later_world, "shopify/orders", DAY_1)
        if row["created_at"] >= DAY_1
    ]
    assert fresh
    assert len(fresh) < len(ids), "orders of before that were shipped or refunded"
    assert all(row["created_at"] < DAY_2 for row in fresh)
    known = {
        row["id"] for row in table_rows(later_world, "shopify/orders", str(DEFAULT_END))
    }
    assert not known & {row["id"] for row in fresh}


def test_late_calls_arrive_with_the_day_that_received_them(later_world):
    history = table_rows(later_world, "segment/events", str(DEFAULT_END))
    assert any(row["timestamp"][:10] < row["receivedAt"][:10] for row in history)
    assert max(row["receivedAt"] for row in history) < DAY_1
    first, second = (
        table_rows(later_world, "segment/events", day) for day in (DAY_1, DAY_2)
    )
    assert all(DAY_1 <= row["receivedAt"] < DAY_2 for row in first)
    assert all(DAY_2 <= row["receivedAt"] < DAY_3 for row in second)


def test_contacts_gain_a_column_from_the_first_later_day(later_world):
    before = table_rows(later_world, "hubspot/contacts", str(DEFAULT_END))
    after = table_rows(later_world, "hubspot/contacts", DAY_1)
    assert set(after[0]) - set(before[0]) == {"Twitter Username"}


def test_a_snapshot_is_whole_every_day(later_world):
    before = {
        row["Record ID"]
        for row in table_rows(later_world, "hubspot/contacts", str(DEFAULT_END))
    }
    after = {
        row["Record ID"] for row in table_rows(later_world, "hubspot/contacts", DAY_2)
    }
    assert len(before - after) <= 2, "hardly any contact is deleted"
    assert len(after) >= len(before) - 2


def test_later_days_know_people_that_the_history_does_not(world, later_world):
    def count(root):
        query = f"select count(*) from '{root}/truth/people.parquet'"
        return duckdb.sql(query).fetchall()[0][0]

    assert count(world) == SIZE["customers"]
    assert count(later_world) > count(world)


def test_the_history_is_untouched_by_later_days(world, later_world):
    for path in (world / "landing").rglob(f"{DEFAULT_END}*"):
        same = later_world / path.relative_to(world)
        assert same.read_bytes() == path.read_bytes()


def test_the_next_order_that_the_truth_foretells_comes_true(world, later_world):
    foretold = duckdb.sql(
        f"""
        select count(*) from '{world}/truth/people.parquet'
        where next_order_at < timestamp '{DAY_3}'
        """
    ).fetchall()[0][0]
    placed = {
        row["customer"]["id"] if row["customer"] else row["email"]
        for day in (DAY_1, DAY_2)
        for row in table_rows(later_world, "shopify/orders", day)
        if row["created_at"] >= DAY_1 and not row["test"] and not row["cancelled_at"]
    }
    assert abs(len(placed) - foretold) <= 2


@pytest.mark.parametrize(
    ("day", "message"),
    [(4, "the next is --day 3"), (1, "the next is --day 3"), (91, "outside 1 to 90")],
)
def test_a_day_out_of_order_is_refused(later_world, day, message):
    with pytest.raises(UniverseError, match=message):
        write_universe(later_world, **SIZE, day=day)


def test_a_day_needs_a_world(tmp_path):
    with pytest.raises(UniverseError, match="holds no whole one"):
        write_universe(tmp_path, **SIZE, day=1)


def test_a_world_that_was_interrupted_is_written_again(world, tmp_path):
    root = tmp_path / "data"
    shutil.copytree(world, root)
    record = root / "truth" / "universe.json"
    record.write_text(
        record.read_text().replace('"days_written": 0', '"days_written": null')
    )
    orders = root / "landing" / "shopify" / "orders" / f"{DEFAULT_END}.jsonl"
    orders.unlink()
    with pytest.raises(UniverseError, match="holds no whole one"):
        write_universe(root, **SIZE, day=1)
    write_universe(root, **SIZE)
    assert orders.exists()
    assert json.loads(record.read_text())["days_written"] == 0


def test_the_history_is_not_written_over_later_days(later_world):
    with pytest.raises(UniverseError, match="2 later day"):
        write_universe(later_world, **SIZE)


def test_the_record_of_a_world_says_how_far_it_is(later_world):
    record = json.loads((later_world / "truth" / "universe.json").read_text())
    assert record["days_written"] == 2
    assert record["seed"] == SIZE["seed"]
