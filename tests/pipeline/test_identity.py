"""Who is who, from hand-made feeds to the identity map, and what stays of it."""

from __future__ import annotations

import hashlib
import random

import duckdb

from orchestration.kept.state import restore_state, save_state
from orchestration.warehouse import DataDir, connect
from tests.pipeline.identity_chain import (
    FEEDS,
    groups,
    people_of_a_town,
    states,
)


def login(device: str, record_key: str, at: str, kind: str = "login") -> dict:
    return {
        "device_record_key": device,
        "record_key": record_key,
        "observed_at": at,
        "kind": kind,
        "source_row": "2026-01-09|web.jsonl|000000000001",
    }


ANN = states("crm:contact:1", "2026-01-01|a|01", email="ann@mail.com")
BOB = states("crm:contact:2", "2026-01-01|a|02", phone="+15550100200")
BRIDGE = states(
    "shop:customer:3", "2026-01-02|a|01", email="ann@mail.com", phone="+15550100200"
)


def test_records_that_share_an_identifier_are_one_customer_named_by_the_first(chain):
    chain.run(identifiers=[*BRIDGE, *BOB, *ANN])
    assert chain.customers() == {
        "crm:contact:1": "C0000000001",
        "crm:contact:2": "C0000000001",
        "shop:customer:3": "C0000000001",
    }


def test_a_family_that_shares_an_address_stays_two_and_a_nickname_one(chain):
    """The nameless subscriber goes with whom most records of the address name."""
    records = {
        "crm:contact:1": "Robert",
        "shop:customer:2": "Bob",
        "shop:customer:3": "Liz",
        "mail:profile:4": None,
    }
    chain.run(
        identifiers=[
            row
            for number, key in enumerate(records)
            for row in states(key, f"2026-01-01|a|0{number}", email="fox@mail.com")
        ],
        profiles=[
            {"record_key": key, "given_name": name, "family_name": "Fox"}
            for key, name in records.items()
        ],
    )
    assert chain.customers() == {
        "crm:contact:1": "C0000000001",
        "shop:customer:2": "C0000000001",
        "mail:profile:4": "C0000000001",
        "shop:customer:3": "C0000000003",
    }


def test_who_shares_no_identifier_is_matched_and_father_and_son_are_not(chain):
    """Of one name under one roof, only the birth dates tell two from one."""
    identifiers, profiles = people_of_a_town()
    home = {"street": "5 Elm Street", "postal_code": "77010", "city": "Houston"}
    fox = home | {"given_name": "Robert", "family_name": "Foxworth"}
    records = {
        "crm:contact:father": fox | {"birth_date": "1950-03-05"},
        "shop:customer:father": fox | {"given_name": "Bob", "birth_date": "1950-03-05"},
        "crm:contact:son": fox | {"birth_date": "1985-11-20"},
        "crm:contact:wife": fox | {"given_name": "Liz", "birth_date": "1951-07-01"},
        "crm:contact:girl": fox | {"given_name": "Amy", "birth_date": "1990-01-02"},
    }
    for n, (key, profile) in enumerate(records.items()):
        identifiers += states(key, f"2026-01-02|f|{n}", user_id=f"{key} {n}")
        profiles.append({"record_key": key} | profile)
    chain.run(identifiers=identifiers, profiles=profiles)

    customers = chain.customers()
    assert customers["shop:customer:father"] == customers["crm:contact:father"]
    assert len({customers[key] for key in records}) == len(records) - 1
    assert len(set(customers.values())) == len(customers) - 1
    assert chain.query(
        "select link_type, confidence > 0.99 from identity.identity_map "
        "where record_key = 'shop:customer:father'"
    ) == [("probabilistic", True)]


def test_the_same_number_of_two_systems_is_not_the_same_identifier(chain):
    chain.run(
        identifiers=[
            *states("crm:contact:1", "2026-01-01|a|01", user_id="42"),
            *states("shop:customer:1", "2026-01-01|a|02", user_id="42"),
        ]
    )
    assert len(set(chain.customers().values())) == 2


def test_history_stays_in_order_though_the_clock_is_set_back(chain):
    """The first run was tomorrow, as the machine saw it then."""
    with duckdb.connect(str(chain.warehouse)) as connection:
        connection.execute("update ops.clock set told_at = told_at + interval 1 day")
        (before,) = connection.execute("select told_at from ops.clock").fetchall()[0]
    chain.run(identifiers=[*ANN, *BOB])
    chain.run(identifiers=[*ANN, *BOB, *BRIDGE])
    assert set(chain.customers().values()) == {"C0000000001"}
    assert chain.query(
        "select count(*) from identity.identity_assignments "
        f"where committed_from < '{before}' or committed_to <= committed_from"
    ) == [(0,)]
    assert chain.query(
        "select change from identity.identity_ledger "
        "where 'C0000000002' in (old_customer_id, new_customer_id) order by changed_at"
    ) == [("created",), ("merged",)]


def test_a_rerun_writes_nothing(chain):
    chain.run(identifiers=[*ANN, *BOB])
    before = chain.query("select * from identity.identity_assignments order by all")
    chain.run()
    assert before == chain.query(
        "select * from identity.identity_assignments order by all"
    )


def test_a_full_refresh_forgets_no_number(chain):
    chain.run(identifiers=BOB)
    chain.run(identifiers=[*ANN, *BOB])
    before = chain.customers()
    chain.dbt("run", "--full-refresh", "--select", "identity")
    assert chain.customers() == before
    assert before["crm:contact:2"] == "C0000000001"


def test_a_merge_keeps_the_elder_id_and_its_undoing_gives_the_younger_back(chain):
    chain.run(identifiers=[*ANN, *BOB])
    apart = chain.customers()
    chain.run(identifiers=[*ANN, *BOB, *BRIDGE])
    assert set(chain.customers().values()) == {apart["crm:contact:1"]}
    versions = chain.query(
        "select customer_id, committed_to is null from identity.identity_assignments "
        "where record_key = 'crm:contact:2' order by committed_from"
    )
    assert versions == [("C0000000002", False), ("C0000000001", True)]

    chain.run(identifiers=[*ANN, *BOB])
    after = chain.customers()
    assert {key: after[key] for key in apart} == apart
    assert after["shop:customer:3"] == "C0000000003"


def test_the_map_is_told_as_it_was_known_at_any_moment(chain):
    known = []
    for rows in ([*ANN, *BOB], [*ANN, *BOB, *BRIDGE], [*ANN, *BOB]):
        chain.run(identifiers=rows)
        known.append(chain.customers())
    moments = chain.query(
        "select distinct committed_from from identity.identity_assignments order by all"
    )
    assert len(moments) == len(known)
    told = []
    for (moment,) in moments:
        chain.dbt("run", "--select", "known_then", "--vars", f"then: '{moment}'")
        told.append(
            dict(chain.query("select record_key, customer_id from test.known_then"))
        )
    assert told == known
    assert told[0] != told[1]

    chain.dbt("run", "--select", "known_then", "--vars", "then: '2000-01-01'")
    assert chain.query("select * from test.known_then") == []


def test_one_batch_gives_the_ids_that_many_give(chain):
    rng = random.Random(7)
    rows = []
    for n in range(300):
        day = f"2026-01-{rng.randint(1, 5):02d}"
        key = f"{rng.choice(['crm', 'shop'])}:person:{n % 220}"
        values = {"email": f"p{rng.randint(0, 150)}@mail.com"}
        if rng.random() < 0.5:
            values["phone"] = f"+155{rng.randint(10_000_000, 10_000_120)}"
        rows += states(key, f"{day}|f|{n:012d}", **values)
    for day in range(1, 6):
        chain.run(identifiers=[r for r in rows if r["source_row"] < f"2026-01-0{day}~"])
    in_five = chain.customers()

    chain.empty().run(identifiers=rows)
    assert chain.customers() == in_five
    assert 1 < len(set(in_five.values())) < len(in_five)


def test_bad_values_identify_nobody_and_are_kept_with_the_reason(chain):
    by_reason = {
        "blocked": {"email": "test@test.com"},
        "malformed": {"email": "no address"},
        "unknown_type": {"shoe_size": "44"},
    }
    rows = []
    for reason, values in by_reason.items():
        for n in (1, 2):
            rows += states(f"crm:{reason}:{n}", f"2026-01-01|a|{n}", **values)
    names = []
    for n in range(9):
        key = f"crm:shared:{n}"
        rows += states(key, f"2026-01-01|b|{n}", phone="+15550101010")
        names.append({"record_key": key, "given_name": "ABCDEFGHI"[n]})
    chain.run(identifiers=rows, profiles=names)

    customers = chain.customers()
    assert len(set(customers.values())) == len(customers)
    rejected = chain.query(
        "select record_key, rejection_reason "
        "from identity.int_identity__rejected_identifiers "
        "where identifier_type <> 'email_sha256'"
    )
    reasons = dict(rejected)
    for reason in by_reason:
        assert reasons[f"crm:{reason}:1"] == reasons[f"crm:{reason}:2"] == reason
    assert {reasons[f"crm:shared:{n}"] for n in range(9)} == {"too_many_people"}


def test_who_knows_only_the_hash_of_an_address_meets_who_knows_the_address(chain):
    ann = hashlib.sha256(b"ann@mail.com").hexdigest()
    nobody = hashlib.sha256(b"test@test.com").hexdigest()
    chain.run(
        identifiers=[
            *ANN,
            *states("list:hash:1", "2026-01-02|a|1", email_sha256=ann),
            *states("list:hash:2", "2026-01-02|a|2", email_sha256=nobody),
            *states("crm:contact:9", "2026-01-02|a|3", email_sha256=nobody),
        ]
    )
    customers = chain.customers()
    assert customers["list:hash:1"] == customers["crm:contact:1"]
    assert len(set(customers.values())) == 3
    known = dict(
        chain.query("select record_key, is_identified from identity.identity_map")
    )
    assert known["list:hash:1"]
    assert not known["list:hash:2"]


def test_who_bears_a_tag_of_staff_is_excluded_with_all_records_and_keeps_the_id(chain):
    tagged = {"record_key": "crm:contact:1", "name": "tag", "value": "employee"}
    excluded = "select record_key from identity.identity_map where is_excluded"
    chain.run(
        identifiers=[
            *BRIDGE,
            *BOB,
            *ANN,
            *states("crm:contact:7", "2026-01-03|a|1", email="x@y.de"),
        ]
    )
    before = chain.customers()
    assert chain.query(excluded) == []

    chain.run(attributes=[tagged])
    records = {record for (record,) in chain.query(excluded)}
    assert records == {"crm:contact:1", "crm:contact:2", "shop:customer:3"}
    assert chain.customers() == before
    assert chain.query(
        "select record_key, customer_id, pattern, reason "
        "from identity.identity_exclusions"
    ) == [("crm:contact:1", "C0000000001", "employee", "employee")]

    chain.run(attributes=[])
    assert chain.query(excluded) == []


def test_a_source_may_say_that_two_records_are_one(chain):
    gone = "crm:contact:merged_away"
    chain.run(
        identifiers=[*ANN, *BOB, *states("shop:customer:8", "2026-01-03|a|1")],
        profiles=[{"record_key": "shop:customer:8", "source_row": "2026-01-03|a|1"}],
        record_links=[
            {"from_record_key": "crm:contact:1", "to_record_key": gone},
            {"from_record_key": "crm:contact:2", "to_record_key": gone},
            {"from_record_key": "shop:customer:8", "to_record_key": "crm:contact:2"},
        ],
    )
    assert set(chain.customers().values()) == {"C0000000001"}


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


def test_a_shared_device_joins_nobody_and_belongs_to_each_in_turn(chain):
    tablet = "web:anonymous:tab"
    chain.run(
        identifiers=[
            *ANN,
            *BOB,
            *states(tablet, "2026-01-05|a|1", anonymous_id="tab"),
            *states("web:anonymous:solo", "2026-01-05|a|2", anonymous_id="solo"),
        ],
        device_observations=[
            login(tablet, "crm:contact:1", "2026-01-01 10:00:00"),
            login(tablet, "crm:contact:1", "2026-01-01 11:00:00", kind="seen"),
            login(tablet, "crm:contact:2", "2026-01-01 14:00:00"),
            login(tablet, "crm:contact:1", "2026-01-01 14:30:00", kind="logout"),
        ],
    )
    customers = chain.customers()
    assert customers["crm:contact:1"] != customers["crm:contact:2"]
    assert customers["web:anonymous:solo"] == "C0000000004"
    owners = chain.query(
        "select strftime(valid_from, '%H:%M'), strftime(valid_to, '%H:%M'), "
        "customer_id from identity.identity_map where record_key = 'web:anonymous:tab' "
        "order by valid_from nulls first"
    )
    assert owners == [
        (None, "14:00", customers["crm:contact:1"]),
        ("14:00", None, customers["crm:contact:2"]),
    ]

    chain.dbt("run", "--select", "facts", "facts_with_customer")
    facts = chain.query(
        "select record_key, device, happened_at, customer_id "
        "from test.facts_with_customer"
    )
    found = {
        (record, device, at and f"{at:%H}"): owner
        for record, device, at, owner in facts
    }
    ann, bob = customers["crm:contact:1"], customers["crm:contact:2"]
    assert found == {
        (None, tablet, "08"): ann,
        (None, tablet, "12"): ann,
        (None, tablet, "15"): bob,
        ("crm:contact:1", tablet, "15"): ann,
        ("crm:contact:1", None, None): ann,
        (None, None, "15"): None,
        ("crm:contact:unknown", None, "15"): None,
    }
    assert len(facts) == len(found)


def test_a_device_handed_on_later_keeps_its_past(chain):
    tablet = "web:anonymous:tab"
    feeds = {"identifiers": [*ANN, *BOB]}
    first = login(tablet, "crm:contact:1", "2026-01-01 10:00:00")
    chain.run(**feeds, device_observations=[first])
    assert tablet in chain.customers()
    second = login(tablet, "crm:contact:2", "2026-01-02 10:00:00")
    chain.run(**feeds, device_observations=[first, second])
    versions = chain.query(
        "select valid_from is null, valid_to is null, customer_id, "
        "committed_to is null from identity.identity_assignments "
        "where record_key = 'web:anonymous:tab' order by all"
    )
    assert versions == [
        (False, True, "C0000000002", True),
        (True, False, "C0000000001", True),
        (True, True, "C0000000001", False),
    ]


def test_a_warehouse_rebuilt_from_state_gives_the_same_ids(chain, tmp_path):
    data = DataDir(tmp_path)
    chain.run(identifiers=BOB)
    chain.run(identifiers=[*ANN, *BOB])
    before = chain.query("select * from identity.identity_assignments order by all")
    with connect(chain.warehouse) as connection:
        assert len(save_state(connection, data)) == 2
        assert save_state(connection, data) == []

    feeds = {feed: [] for feed in FEEDS} | {"identifiers": [*ANN, *BOB]}
    chain.empty()
    with connect(chain.warehouse) as connection:
        assert restore_state(connection, data) == [
            "record_registry",
            "identity_assignments",
        ]
        assert restore_state(connection, data) == []
    chain.run(**feeds)
    assert before == chain.query(
        "select * from identity.identity_assignments order by all"
    )


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
