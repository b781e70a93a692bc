"""What becomes of a row: the person's goes or stays as numbers, others' stay theirs."""

import json

import pytest

from orchestration.privacy.erasure.rows import Policy, Redactor, Verdict, judge
from orchestration.privacy.erasure.words import Words

WORDS = Words(
    identifiers={
        "ann@example.org": "email",
        "+4915112345678": "phone",
        "0151 1234-5678": "phone",
    },
    records={"shop": frozenset({"7", "900"})},
    orders={"shop": frozenset({"900"})},
)
CLASSES = {
    "id": "identifier",
    "email": "email",
    "phone": "phone",
    "customer": "profile",
    "note": "free_text",
}
PEOPLE = Policy("shop", "raw_shop.people", CLASSES, key=("id",))
ORDERS = Policy(
    "shop",
    "raw_shop.orders",
    {k: v for k, v in CLASSES.items() if k != "id"},
    key=("id",),
    is_kept=True,
)


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ({"id": "7", "email": None}, Verdict.REMOVED),
        ({"id": "77", "email": " ANN@example.org"}, Verdict.REMOVED),
        ({"id": "77", "phone": "0151 1234-5678"}, Verdict.REMOVED),
        ({"id": "77", "customer": '{"mail": "ann@example.org"}'}, Verdict.REMOVED),
        ({"id": "77", "email": "joann@example.org"}, None),
        ({"id": "8", "note": "ask ann@example.org"}, Verdict.MENDED),
        ({"id": "8", "amount": "7"}, Verdict.MENDED),
        ({"id": "900", "email": None}, None),
    ],
)
def test_a_row_is_judged_by_its_personal_columns(
    row: dict[str, str | None], verdict: Verdict | None
) -> None:
    assert judge(row, PEOPLE, WORDS) == verdict


def test_an_id_of_another_system_says_nothing() -> None:
    desk = Policy("desk", "raw_desk.users", CLASSES)

    assert judge({"id": "7"}, desk, WORDS) is None
    assert judge({"id": "7", "email": "ann@example.org"}, desk, WORDS)


def test_an_order_of_a_guest_is_known_by_its_number() -> None:
    assert judge({"id": "900", "email": "family@x.org"}, ORDERS, WORDS) == Verdict.KEPT
    assert judge({"id": "901", "email": "family@x.org"}, ORDERS, WORDS) is None


def test_an_order_stays_as_numbers() -> None:
    redactor = Redactor(ORDERS, WORDS, {"7": "erased-1"})
    line = json.dumps(
        {
            "id": 5,
            "total": "9.90",
            "email": "ann@example.org",
            "customer": {"id": 7, "name": "Ann", "tags": ["vip"]},
            "note": "ring twice",
            "title": "for ann@example.org",
        }
    )

    left = json.loads(redactor.json_line(line, Verdict.KEPT))

    assert left == {
        "id": 5,
        "total": "9.90",
        "email": None,
        "customer": {"id": "erased-1", "name": None, "tags": [None]},
        "note": None,
        "title": "for [erased]",
    }


def test_of_a_list_of_ids_those_of_others_stay() -> None:
    redactor = Redactor(ORDERS, WORDS, {"7": "erased-1"})

    line = redactor.csv_line(
        '5,"8;7;9",x', ["id", "customer", "total"], ",", Verdict.KEPT
    )

    assert line == "5,8;erased-1;9,x"


def test_of_somebody_elses_text_the_word_alone_goes() -> None:
    redactor = Redactor(PEOPLE, WORDS, {})

    line = redactor.csv_line(
        '8,"for Ann@Example.org, not joann@example.org"',
        ["id", "note"],
        ",",
        Verdict.MENDED,
    )

    assert line == '8,"for [erased], not joann@example.org"'
