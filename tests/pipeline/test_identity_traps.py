"""The traps of the sample world, each by itself: who must be one and who must be two.

A shared device is in test_identity.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.identity_chain import states

MAIL = "fox@mail.com"
PHONE = "+15550100200"


@pytest.fixture
def people(chain):
    """Build identity from records, and return the groups of those that are one."""

    def build(**records: dict[str, Any]) -> set[frozenset[str]]:
        identifiers, profiles = [], []
        for number, (name, record) in enumerate(records.items()):
            key = f"crm:contact:{name}"
            types = {"email", "phone", "loyalty_id"} & record.keys()
            values = {
                identifier_type: record[identifier_type] for identifier_type in types
            }
            identifiers += states(key, f"2026-01-01|a|{number:02d}", **values)
            profiles.append({"record_key": key, "family_name": "Fox"} | record)
        chain.run(identifiers=identifiers, profiles=profiles)
        groups: dict[str, set[str]] = {}
        for key, customer in chain.customers().items():
            groups.setdefault(customer, set()).add(key.removeprefix("crm:contact:"))
        return {frozenset(group) for group in groups.values()}

    return build


def together(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


def test_a_family_e_mail_joins_the_records_of_each_of_the_family(people):
    assert people(
        ann={"given_name": "Ann", "email": MAIL},
        annie={"given_name": "Annie", "email": MAIL},
        bob={"given_name": "Bob", "email": MAIL},
        robert={"given_name": "Robert", "email": MAIL},
    ) == together("ann annie", "bob robert")


@pytest.mark.parametrize("address", ["info@fox.com", "reception@fox.com"])
def test_a_role_address_joins_nobody(people, address):
    """One is known as such, the other by all the people who state it."""
    names = {"Ann": "Lee", "Bob": "Ray", "Carl": "Poe", "Dora": "Kern", "Egon": "Zahn"}
    groups = people(
        **{
            given.lower(): {
                "given_name": given,
                "family_name": family,
                "email": address,
            }
            for given, family in names.items()
        }
    )
    assert groups == together("ann", "bob", "carl", "dora", "egon")


def test_twins_who_share_birth_date_home_phone_and_mail_are_two(people):
    home = {
        "street": "1 Den",
        "birth_date": "2001-02-03",
        "email": MAIL,
        "phone": PHONE,
    }
    assert people(
        tim={"given_name": "Tim", **home},
        tim_at_the_shop={"given_name": "Tim", **home},
        tom={"given_name": "Noah", **home},
    ) == together("tim tim_at_the_shop", "tom")


def test_father_and_son_of_one_name_are_two_and_a_slip_in_a_date_is_none(people):
    """Who states no birth date goes with the one whom most records tell of."""
    john = {"given_name": "John", "email": MAIL}
    assert people(
        father={**john, "birth_date": "1950-01-02"},
        father_slipped={**john, "birth_date": "1950-02-01"},
        father_mistyped={**john, "birth_date": "1958-01-02"},
        son={**john, "birth_date": "1980-05-06"},
        son_again={**john, "birth_date": "1980-05-06"},
        undated=john,
    ) == together("father father_slipped father_mistyped", "son son_again undated")


def test_father_and_son_stay_two_though_one_goes_by_a_nickname(people):
    assert people(
        father={"given_name": "Robert", "phone": PHONE, "birth_date": "1950-01-02"},
        son={"given_name": "Robert", "phone": PHONE, "birth_date": "1980-05-06"},
        son_again={"given_name": "Rob", "phone": PHONE, "birth_date": "1980-05-06"},
    ) == together("father", "son son_again")


def test_marriage_changes_a_name_and_makes_nobody_new(people):
    assert people(
        before={"given_name": "Ann", "family_name": "Lee", "email": MAIL},
        after={"given_name": "Ann", "family_name": "Fox", "email": MAIL},
    ) == together("before after")


def test_who_moves_stays_who_they_are_and_who_moves_in_is_somebody_else(people):
    old, new = {"street": "1 Old Road"}, {"street": "2 New Road"}
    assert people(
        before={"given_name": "Ann", "email": MAIL, **old},
        after={"given_name": "Ann", "email": MAIL, **new},
        next_tenant={
            "given_name": "Ann",
            "family_name": "Ray",
            "email": "a@b.de",
            **old,
        },
    ) == together("before after", "next_tenant")


def test_a_phone_number_that_was_given_to_somebody_else_joins_them_not(people):
    """Each keeps the records that state it under their name."""
    ann = {"given_name": "Ann", "phone": PHONE}
    dora = {"given_name": "Dora", "family_name": "Kern", "phone": PHONE}
    assert people(
        ann={**ann, "email": MAIL},
        ann_at_the_till={**ann, "loyalty_id": "7"},
        dora={**dora, "email": "dora@mail.com"},
        dora_at_the_till={**dora, "loyalty_id": "8"},
    ) == together("ann ann_at_the_till", "dora dora_at_the_till")
