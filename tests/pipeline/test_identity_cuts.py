"""Who is parted or joined against the plain evidence: limits and stewards."""

from __future__ import annotations

import random

from tests.pipeline.identity_chain import (
    ANN,
    BOB,
    BRIDGE,
    groups,
    states,
)


def test_a_steward_joins_two_who_share_nothing_until_the_word_is_taken_back(chain):
    chain.decide(("must_link", "crm:contact:2", "crm:contact:1"))
    chain.run(identifiers=[*ANN, *BOB])
    assert set(chain.customers().values()) == {"C0000000001"}
    chain.decide(("must_link", "C0000000001", "C0000000002"))
    chain.run()
    assert set(chain.customers().values()) == {"C0000000001"}

    chain.decide()
    chain.run()
    assert len(set(chain.customers().values())) == 2


def shoppers(count: int, **shared: str) -> list[dict]:
    """Return records of one shop, each with a user id of its own, that share this."""
    return [
        row
        for n in range(1, count + 1)
        for row in states(
            f"shop:customer:{n}", f"2026-01-01|a|0{n}", user_id=f"u{n}", **shared
        )
    ]


def test_a_customer_who_would_hold_too_much_loses_the_weakest_links_only(chain):
    """Mail comes before phone, and of equals who stated the phone more often."""
    rows = [*shoppers(5, phone="+15550100200"), *states(*TILL, email="u1@mail.com")]
    rows += states("shop:customer:1", "2026-01-01|a|01", email="u1@mail.com")
    rows += [row for row in rows if row["record_key"] == "shop:customer:5"]
    chain.run(identifiers=rows)
    one, two = "C0000000001", "C0000000002"
    customers = chain.customers()
    assert {customers[f"shop:customer:{n}"] for n in (1, 2, 5)} == {one}
    assert customers["till:member:9"] == one
    assert customers["shop:customer:3"] == "C0000000003"
    cuts = chain.query(
        "select record_key, identifier_value, rejection_reason, kept_by_record_key, "
        "limited_type, value_count, max_values from identity.identity_cut_evidence "
        "order by all"
    )
    told = ("+15550100200", "too_many_values", "shop:customer:5", "user_id|shop", 4, 3)
    assert cuts == [("shop:customer:3", *told), ("shop:customer:4", *told)]
    used = chain.query(
        "select record_key from identity.identity_evidence "
        "where evidence_key = 'phone||+15550100200' order by all"
    )
    assert used == [(f"shop:customer:{n}",) for n in (1, 2, 5)]

    chain.decide(("must_link", "shop:customer:4", "shop:customer:5"))
    chain.run()
    assert chain.customers()["shop:customer:4"] == one
    assert chain.customers()["shop:customer:2"] == two


TILL = ("till:member:9", "2026-01-01|b|01")


def test_whom_a_steward_keeps_apart_stay_apart_whatever_they_share(chain):
    feeds = {
        "identifiers": [*BRIDGE, *BOB, *ANN],
        "record_links": [
            {"from_record_key": "crm:contact:1", "to_record_key": "crm:contact:2"}
        ],
    }
    chain.decide(("cannot_link", "crm:contact:1", "crm:contact:2"))
    chain.run(**feeds)
    assert chain.customers() == {
        "crm:contact:1": "C0000000001",
        "crm:contact:2": "C0000000002",
        "shop:customer:3": "C0000000001",
    }
    reasons = chain.query(
        "select record_key, identifier_type, rejection_reason "
        "from identity.identity_cut_evidence order by all"
    )
    assert reasons == [
        ("crm:contact:1", "statement", "cannot_link"),
        ("shop:customer:3", "phone", "cannot_link"),
    ]
    chain.decide()
    chain.run()
    assert set(chain.customers().values()) == {"C0000000001"}


def test_cuts_do_not_depend_on_the_order_of_arrival_or_on_batches(chain):
    rng = random.Random(11)
    rows = []
    for n in range(120):
        values = {
            "user_id": f"u{n % 70}",
            "phone": f"+1555010{rng.randint(1000, 1015)}",
        }
        rows += states(f"shop:customer:{n}", f"2026-01-01|a|{n:03d}", **values)
    chain.run(identifiers=rows)
    together = groups(chain.customers())
    assert chain.query("select count(*) > 5 from identity.identity_cut_evidence")[0][0]

    rng.shuffle(rows)
    chain.empty()
    for size in (60, 150, len(rows)):
        chain.run(identifiers=rows[:size])
    assert groups(chain.customers()) == together
