"""Whom matching joins who share no identifier, within what a customer may hold."""

from __future__ import annotations

import unicodedata

import pytest

from tests.pipeline.identity_chain import IdentityChain, people_of_a_town, states

ANN = {
    "given_name": "Ann",
    "family_name": "Foxworth",
    "birth_date": "1950-03-05",
    "street": "5 Elm Street",
    "postal_code": "77010",
    "city": "Houston",
}
DMITRIY = {
    "birth_date": "1961-08-09",
    "street": "9 Spree Lane",
    "postal_code": "10115",
    "city": "Berlin",
}
GIORGOS = {
    "birth_date": "1972-02-11",
    "street": "3 Isar Walk",
    "postal_code": "80331",
    "city": "Munich",
}
MINJUN = {
    "family_name": "김",
    "birth_date": "1983-10-12",
    "street": "7 Han Road",
    "postal_code": "50667",
    "city": "Cologne",
}
# Records with their logins at the shop and what they say of a person.
PEOPLE = {
    "slipped": (["u1", "u2"], ANN | {"birth_date": "1950-03-06"}),
    "first": (["u3"], ANN),
    "again": (["u4"], ANN),
    "cyrillic": (
        ["d1"],
        DMITRIY | {"given_name": "Дмитрий", "family_name": "Иванов"},
    ),
    "latin": (["d2"], DMITRIY | {"given_name": "Dmitriy", "family_name": "Ivanov"}),
    "greek": (
        ["g1"],
        GIORGOS | {"given_name": "Γιώργος", "family_name": "Παπαδόπουλος"},
    ),
    "not greek": (
        ["g2"],
        GIORGOS | {"given_name": "Giorgos", "family_name": "Papadopoulos"},
    ),
    "composed": (["m1"], MINJUN | {"given_name": "민준"}),
    "decomposed": (
        ["m2"],
        MINJUN | {"given_name": unicodedata.normalize("NFD", "민준 ")},
    ),
    "brother": (
        ["m3"],
        MINJUN | {"given_name": "민재", "birth_date": "1986-01-30"},
    ),
}


@pytest.fixture(scope="module")
def chain(laboratory) -> IdentityChain:
    """These people among strangers: what is rare shows among others."""
    identifiers, profiles = people_of_a_town()
    for number, (name, (user_ids, profile)) in enumerate(PEOPLE.items()):
        key = f"shop:customer:{name}"
        for user_id in user_ids:
            identifiers += states(key, f"2026-01-02|f|{number}", user_id=user_id)
        profiles.append({"record_key": key} | profile)
    found = laboratory.empty()
    found.run(identifiers=identifiers, profiles=profiles)
    return found


@pytest.fixture(scope="module")
def customers(chain) -> dict[str, str]:
    return {
        key.removeprefix("shop:customer:"): customer
        for key, customer in chain.customers().items()
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [("cyrillic", "latin"), ("greek", "not greek"), ("composed", "decomposed")],
)
def test_a_name_is_the_same_in_another_alphabet_or_encoding(customers, one, other):
    assert customers[one] == customers[other]


def test_one_letter_of_two_makes_another_name(customers):
    assert customers["brother"] != customers["composed"]


def test_strangers_stay_strangers(customers):
    assert len(set(customers.values())) == 40 + 2 + 1 + 1 + 2


def test_matches_that_would_make_a_customer_hold_too_much_are_cut_at_the_weakest(
    chain, customers
):
    """Any two of the three may be one; of all three the shop would know four logins."""
    assert chain.query(
        "select count(distinct cluster_key) "
        "from identity.int_identity__matched_entities where record_key in "
        "('shop:customer:slipped', 'shop:customer:first', 'shop:customer:again')"
    ) == [(1,)]
    assert customers["first"] == customers["again"] != customers["slipped"]
    told = ("match", "too_many_values", "user_id|shop", 4, 3)
    assert chain.query(
        "select record_key, kept_by_record_key, identifier_type, rejection_reason, "
        "limited_type, value_count, max_values from identity.identity_cut_evidence "
        "order by all"
    ) == [
        ("shop:customer:slipped", "shop:customer:again", *told),
        ("shop:customer:slipped", "shop:customer:first", *told),
    ]
