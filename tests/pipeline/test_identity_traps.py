"""The traps of the sample world: who must be one and who must be two.

All are set in one world, each among names, addresses and numbers of its own. A shared
device is in test_identity.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.identity_chain import IdentityChain, groups, states

MAIL = "fox@mail.com"
PHONE = "+15550100200"

Records = dict[str, dict[str, Any]]

JOHN = {"given_name": "John", "email": MAIL}
HOME = {"street": "1 Den", "birth_date": "2001-02-03", "email": MAIL, "phone": PHONE}
OLD, NEW = {"street": "1 Old Road"}, {"street": "2 New Road"}
ANN, DORA = (
    {"given_name": given, "family_name": family, "phone": PHONE}
    for given, family in (("Ann", "Fox"), ("Dora", "Kern"))
)


def strangers_at(address: str) -> Records:
    names = {"Ann": "Lee", "Bob": "Ray", "Carl": "Poe", "Dora": "Kern", "Egon": "Zahn"}
    return {
        given.lower(): {"given_name": given, "family_name": family, "email": address}
        for given, family in names.items()
    }


TRAPS: dict[str, tuple[Records, tuple[str, ...]]] = {
    "a family e-mail joins the records of each of the family": (
        {
            "ann": {"given_name": "Ann", "email": MAIL},
            "annie": {"given_name": "Annie", "email": MAIL},
            "bob": {"given_name": "Bob", "email": MAIL},
            "robert": {"given_name": "Robert", "email": MAIL},
        },
        ("ann annie", "bob robert"),
    ),
    "a role address that is known as such joins nobody": (
        strangers_at("info@fox.com"),
        ("ann", "bob", "carl", "dora", "egon"),
    ),
    "a role address that shows by the people who state it joins nobody": (
        strangers_at("reception@fox.com"),
        ("ann", "bob", "carl", "dora", "egon"),
    ),
    "twins who share birth date, home, phone and mail are two": (
        {
            "tim": {"given_name": "Tim", **HOME},
            "tim_at_the_shop": {"given_name": "Tim", **HOME},
            "tom": {"given_name": "Noah", **HOME},
        },
        ("tim tim_at_the_shop", "tom"),
    ),
    # Who states no birth date goes with the one whom most records tell of.
    "father and son of one name are two and a slip in a date is none": (
        {
            "father": {**JOHN, "birth_date": "1950-01-02"},
            "father_slipped": {**JOHN, "birth_date": "1950-02-01"},
            "father_mistyped": {**JOHN, "birth_date": "1958-01-02"},
            "son": {**JOHN, "birth_date": "1980-05-06"},
            "son_again": {**JOHN, "birth_date": "1980-05-06"},
            "undated": JOHN,
        },
        ("father father_slipped father_mistyped", "son son_again undated"),
    ),
    "father and son stay two though one goes by a nickname": (
        {
            "father": {
                "given_name": "Robert",
                "phone": PHONE,
                "birth_date": "1950-01-02",
            },
            "son": {"given_name": "Robert", "phone": PHONE, "birth_date": "1980-05-06"},
            "son_again": {
                "given_name": "Rob",
                "phone": PHONE,
                "birth_date": "1980-05-06",
            },
        },
        ("father", "son son_again"),
    ),
    "marriage changes a name and makes nobody new": (
        {
            "before": {"given_name": "Ann", "family_name": "Lee", "email": MAIL},
            "after": {"given_name": "Ann", "family_name": "Fox", "email": MAIL},
        },
        ("before after",),
    ),
    "who moves stays who they are and who moves in is somebody else": (
        {
            "before": {"given_name": "Ann", "email": MAIL, **OLD},
            "after": {"given_name": "Ann", "email": MAIL, **NEW},
            "next_tenant": {
                "given_name": "Ann",
                "family_name": "Ray",
                "email": "a@b.de",
                **OLD,
            },
        },
        ("before after", "next_tenant"),
    ),
    # Each keeps the records that state it under their name.
    "a phone number that was given to somebody else joins them not": (
        {
            "ann": {**ANN, "email": MAIL},
            "ann_at_the_till": {**ANN, "loyalty_id": "7"},
            "dora": {**DORA, "email": "dora@mail.com"},
            "dora_at_the_till": {**DORA, "loyalty_id": "8"},
        },
        ("ann ann_at_the_till", "dora dora_at_the_till"),
    ),
}


TREES = ["alder", "birch", "cedar", "elm", "hazel", "juniper", "larch", "maple", "oak"]


def of_its_own(record: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the record with values that are like those of no other trap."""
    tree = TREES[number]
    own = {
        "family_name": lambda name: tree + name.lower(),
        "email": lambda address: address.replace("fox", tree),
        "phone": lambda phone: phone.replace("5550100", str(number + 1) * 7),
        "loyalty_id": lambda card: tree + card,
        "street": lambda street: f"{street} {tree}",
    }
    stated = {"family_name": "Fox"} | record
    return {name: own.get(name, str)(value) for name, value in stated.items()}


@pytest.fixture(scope="module")
def found(laboratory: IdentityChain) -> set[frozenset[str]]:
    """The groups of those that are one, over all traps."""
    identifiers, profiles = [], []
    for number, (records, _) in enumerate(TRAPS.values()):
        for place, (name, record) in enumerate(records.items()):
            key = f"crm:contact:{number}/{name}"
            row = f"2026-01-01|a|{number:02d}{place:02d}"
            profile = of_its_own(record, number)
            types = {"email", "phone", "loyalty_id"} & profile.keys()
            identifiers += states(key, row, **{kind: profile[kind] for kind in types})
            profiles.append({"record_key": key} | profile)
    laboratory.empty().run(identifiers=identifiers, profiles=profiles)
    return groups(laboratory.customers())


@pytest.mark.parametrize("trap", TRAPS)
def test_who_is_one_and_who_is_two(found, trap):
    number = list(TRAPS).index(trap)
    _, together = TRAPS[trap]
    prefix = f"crm:contact:{number}/"
    theirs = {group for group in found if any(key.startswith(prefix) for key in group)}
    assert theirs == {
        frozenset(prefix + name for name in group.split()) for group in together
    }
