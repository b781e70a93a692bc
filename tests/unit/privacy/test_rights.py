"""Restrictions and corrections: what stands, and what erasure leaves of them."""

import pytest

from orchestration.kept.state import StateUnreadableError
from orchestration.privacy import rectifications, restrictions
from orchestration.privacy.rectifications import RectificationError, rectify, undo
from orchestration.privacy.restrictions import restrict, unrestrict


def restricted(data):
    return [made.customer_id for made in restrictions.restrictions(data)]


def test_a_restriction_stands_until_it_is_lifted(data):
    assert restrict(data, ["C1", "C2", "C1"]) == ["C1", "C2"]
    assert restrict(data, ["C2", "C3"]) == ["C3"]
    assert unrestrict(data, ["C1", "C9"]) == ["C1"]
    assert restricted(data) == ["C2", "C3"]
    assert len(restrictions.journal(data).path.read_text().splitlines()) == 4


def test_of_two_corrections_both_stand_until_one_is_taken_back(data):
    first, second = rectify(
        data, [("C1", "city", " Oslo "), ("C1", "phone", "+4722334455")]
    )
    assert undo(data, first) == "C1"
    (standing,) = rectifications.rectifications(data)
    assert (standing.rectification_id, standing.value) == (second, "+4722334455")
    with pytest.raises(RectificationError, match="No correction"):
        undo(data, first)


WRONG = [
    ("customer_id", "C2", "cannot be corrected"),
    ("birth_date", "17.08.1984", "such as 1984-08-17"),
    ("birth_date", "1984-02-31", "no birth_date"),
    ("birth_date", "2984-02-01", "no birth_date"),
    ("email", "ann at example", "no email"),
    ("phone", "0202 555", "such as"),
    ("country_code", "Norway", "such as GB"),
    ("city", "  ", "no city"),
]


@pytest.mark.parametrize(("attribute", "value", "told"), WRONG)
def test_what_does_not_fit_is_told_and_nothing_is_kept(data, attribute, value, told):
    with pytest.raises(RectificationError, match=told):
        rectify(data, [("C1", "city", "Oslo"), ("C1", attribute, value)])
    assert rectifications.rectifications(data) == []


def test_erasure_takes_out_the_lines_of_a_customer_and_no_others(data):
    rectify(data, [("C1", "email", "ann@x.org"), ("C2", "email", "bob@x.org")])
    restrict(data, ["C1", "C2"])
    assert rectifications.journal(data).forget(["C1"]) == 1
    assert restrictions.journal(data).forget(["C1"]) == 1
    assert [r.value for r in rectifications.rectifications(data)] == ["bob@x.org"]
    assert "ann@x.org" not in rectifications.journal(data).path.read_text()
    assert restricted(data) == ["C2"]


def test_a_line_that_is_no_entry_is_told(data):
    restrict(data, ["C1"])
    with restrictions.journal(data).path.open("a") as journal:
        journal.write('{"customer_id": "C2"}\n')
    with pytest.raises(StateUnreadableError, match=r"Line 2 of .*restrictions\.jsonl"):
        restricted(data)
