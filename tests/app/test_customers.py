"""What is read of one customer, from the contracts of the marts."""

from datetime import datetime

import pytest

from app import customers, identity
from app.customers import PARTS
from app.identity import UnknownCustomerError
from app.segments import UnknownSegmentError, all_segments, members, segment
from app.timeline import BadPageError, facets, timeline

ROB = "C0000000001"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_read_of_anybody_whole_and_masked(part, whole, masked):
    """What the marts are called and hold is their contract: a change shows here."""
    for connection in (whole, masked):
        PARTS[part](connection, ROB)
        assert not PARTS[part](connection, "nobody") or part == "scores"


def test_an_old_id_leads_to_the_current_one(whole):
    assert identity.current_id(whole, " c0000000009 ") == ROB
    assert identity.current_id(whole, ROB) == ROB
    assert identity.former_ids(whole, ROB) == ["C0000000009"]


@pytest.mark.parametrize("customer_id", ["C0000000008", "C9", "", "' or true --"])
def test_nobody_is_said_to_be_nobody(whole, customer_id):
    with pytest.raises(UnknownCustomerError, match="has no customer"):
        identity.current_id(whole, customer_id)


def test_the_golden_record_is_whole_or_masked(whole, masked):
    record = customers.golden_record(whole, ROB)
    hidden = customers.golden_record(masked, ROB)
    assert record["email"] == "rob.gruenwald@mail.example"
    assert hidden["email"] != record["email"]
    assert hidden["revenue_reporting"] == record["revenue_reporting"]
    with pytest.raises(UnknownCustomerError):
        customers.golden_record(whole, "C9")


def test_summaries_come_in_the_order_asked_for(whole):
    asked = ["C0000000003", "C9", ROB]
    found = customers.summaries(whole, asked)
    assert [row["customer_id"] for row in found] == ["C0000000003", ROB]


def test_a_household_names_its_members_the_most_valuable_first(whole):
    household = customers.household(whole, "C0000000002")
    assert household
    assert [each["customer_id"] for each in household["members"]] == [
        ROB,
        "C0000000002",
    ]
    assert customers.account(whole, ROB) is None


def test_segments_of_a_customer_say_since_when(whole):
    (found,) = customers.segments(whole, ROB)
    assert found["member_since"] == datetime(2026, 1, 5)
    (found,) = customers.segments(whole, "C0000000002")
    assert found["member_since"] is None


def test_orders_come_newest_first(whole):
    found = customers.orders(whole, "C0000000002")
    assert [order["order_number"] for order in found] == ["#97801", "#57808"]


@pytest.mark.parametrize("limit", [1, 4, 5, 23, 100])
def test_pages_of_a_timeline_are_the_timeline(whole, limit):
    found, after = [], None
    while True:
        page = timeline(whole, ROB, after=after, limit=limit)
        found += [row["interaction_id"] for row in page.rows]
        if not (after := page.next_page):
            break
    assert found == [f"web:{number:03}" for number in reversed(range(23))]


def test_a_timeline_is_filtered(whole):
    email = timeline(whole, ROB, channels=["email"])
    assert {row["channel"] for row in email.rows} == {"email"}
    assert len(timeline(whole, ROB, types=["page_view"]).rows) == 11
    day = timeline(whole, ROB, since=datetime(2026, 1, 2), until=datetime(2026, 1, 3))
    assert len(day.rows) == 4
    assert sum(row["interaction_count"] for row in facets(whole, ROB)) == 23


def test_a_page_that_is_none_is_refused(whole):
    for after in ("x", "~", "2026-01-01", "' or 1=1 --~x"):
        with pytest.raises(BadPageError, match="no page"):
            timeline(whole, ROB, after=after)


def test_members_of_a_segment_come_in_pages(whole):
    first = members(whole, "loyal", limit=2)
    assert [row["customer_id"][-1] for row in first.rows] == ["1", "2"]
    rest = members(whole, "loyal", limit=2, after=first.next_page)
    assert [row["customer_id"][-1] for row in rest.rows] == ["3"]
    assert rest.next_page is None
    assert members(whole, "empty").rows == []


def test_segments_are_listed_and_an_unknown_one_is_refused(whole):
    assert [row["segment_id"] for row in all_segments(whole)] == ["loyal", "empty"]
    assert segment(whole, "loyal")["name"] == "Loyal"
    with pytest.raises(UnknownSegmentError):
        segment(whole, "nope")
