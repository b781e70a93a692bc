"""The ledger says of every merge and split because of what, also when that is gone."""

from __future__ import annotations

from tests.pipeline.identity_chain import states

PHONE = "+15550100200"
ANN = states("crm:contact:1", "2026-01-01|a|01", email="ann@mail.com")
BOB = states("crm:contact:2", "2026-01-01|a|02", phone=PHONE)
BRIDGE = states("shop:customer:3", "2026-01-02|a|01", email="ann@mail.com", phone=PHONE)


def test_links_and_the_words_of_stewards_are_told_as_causes(chain):
    chain.run(identifiers=[*ANN, *BOB])
    chain.decide(("must_link", "crm:contact:1", "crm:contact:2"))
    chain.run()
    assert chain.why("merged") == [("must_link", None)]

    chain.decide()
    chain.run()
    assert chain.why("split") == [(None, "evidence_gone")]

    chain.run(identifiers=[*ANN, *BOB, *BRIDGE])
    assert chain.why("merged") == [("phone", None)]
    assert chain.query(
        "select record_key, other_record_key, evidence_value "
        "from identity.identity_ledger where evidence = 'phone'"
    ) == [("crm:contact:2", "shop:customer:3", PHONE)]

    chain.decide(("cannot_link", "crm:contact:1", "crm:contact:2"))
    chain.run()
    assert chain.why("split") == [("phone", "cannot_link")]
    assert chain.query(
        "select change, evidence from identity.identity_ledger "
        "where change <> 'created' order by changed_at"
    ) == [
        ("merged", "must_link"),
        ("split", None),
        ("merged", "phone"),
        ("split", "phone"),
    ]


def test_rules_that_part_people_are_told_as_causes(chain):
    """A phone turns out to be a shop's; and one customer would be of four user ids."""
    shared = [
        row
        for n in range(9)
        for row in states(f"crm:shared:{n}", f"2026-01-01|b|{n}", phone="+15550101010")
    ]
    full = [
        row
        for n in range(3)
        for row in states(
            f"shop:full:{n}", f"2026-01-01|c|{n}", user_id=f"u{n}", phone=PHONE
        )
    ]
    chain.run(identifiers=[*shared[:2], *full], profiles=[])
    assert len(set(chain.customers().values())) == 2

    chain.run(
        identifiers=[
            *shared,
            *full,
            *states("shop:full:1", "2026-01-01|c|1", user_id="u4"),
        ],
        profiles=[
            {"record_key": f"crm:shared:{n}", "given_name": "ABCDEFGHI"[n]}
            for n in range(9)
        ],
    )
    assert chain.why("split") == [
        ("phone", "too_many_people"),
        ("phone", "too_many_values"),
    ]


def test_a_match_and_what_ends_it_are_told_as_causes(chain):
    ann = {"given_name": "Ann", "family_name": "Foxworth", "birth_date": "1950-03-05"}
    keys = ("crm:contact:1", "shop:customer:2")
    feeds = {
        "identifiers": [
            row
            for n, key in enumerate(keys)
            for row in states(key, f"2026-01-01|a|{n}", user_id=key)
        ]
    }
    chain.run(**feeds, profiles=[{"record_key": keys[0]} | ann])
    chain.run(profiles=[{"record_key": key} | ann for key in keys])
    assert chain.why("merged") == [("match", None)]

    chain.decide(("cannot_link", *keys))
    chain.run()
    assert chain.why("split") == [("match", "cannot_link")]
