"""Who is who, from hand-made feeds to the identity map."""

from __future__ import annotations

import hashlib

from tests.pipeline.identity_chain import (
    ANN,
    BOB,
    BRIDGE,
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
