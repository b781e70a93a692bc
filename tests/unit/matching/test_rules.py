"""The seeds of matching, the SQL they stand for, and the mean of several models."""

from __future__ import annotations

import csv

import duckdb
import pytest

from orchestration.matching.model_card import model_card, weight_chart
from orchestration.matching.rules import (
    SEEDS,
    Comparison,
    Level,
    Weight,
    read_comparisons,
    read_settings,
    weights_csv,
)
from orchestration.matching.training import TrainingError, average


def shipped_weights() -> dict[tuple[str, str], Weight]:
    with (SEEDS / "match_weights.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["comparison"], row["level"]): Weight(
                float(row["m"]), float(row["u"]), float(row["weight"])
            )
            for row in csv.DictReader(file)
            if row["comparison"] != "setting"
        }


def test_every_level_of_the_shipped_rules_has_a_weight_and_no_other_has():
    levels = {(c.name, level.name) for c in read_comparisons() for level in c.levels}
    assert levels == shipped_weights().keys()


def test_weights_are_written_as_they_are_read():
    written = weights_csv(shipped_weights(), read_settings())
    assert written == (SEEDS / "match_weights.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("comparison", "one", "other", "level"),
    [
        ("given_name", {"given_name": "ann"}, {"given_name": "ann"}, "same"),
        ("given_name", {"given_name": "ann"}, {"given_name": "anne"}, "slip"),
        ("given_name", {"given_name": "ann"}, {"given_name": "robert"}, "different"),
        (
            "given_name",
            {"given_name": "kim", "family_name": "jiwoo"},
            {"given_name": "jiwoo", "family_name": "kim"},
            "swapped",
        ),
        (
            "given_name",
            {"given_name": "emily", "family_name": "berry"},
            {"given_name": "bery", "family_name": "emiily"},
            "swapped",
        ),
        (
            "address",
            {"street": "12 elm road", "postal_code": "1", "city": "x"},
            {"street": "12 elm road", "postal_code": "2", "city": "y"},
            "street",
        ),
        (
            "given_name",
            {"given_name": "bob", "given_forms": ["bob", "robert"]},
            {"given_name": "robert", "given_forms": ["robert"]},
            "nickname",
        ),
        (
            "address",
            {"street": "12 elm road", "postal_code": "1", "city": "x"},
            {"street": "112 elm road", "postal_code": "1", "city": "x"},
            "other street",
        ),
        ("email", {"email": "a1@mail.com"}, {"email": "a1@mial.com"}, "slip"),
        (
            "email",
            {"email": "ann56@mail.com"},
            {"email": "ann57@mail.com"},
            "different",
        ),
    ],
)
def test_the_first_level_that_holds_counts(comparison, one, other, level):
    found = next(c for c in read_comparisons() if c.name == comparison)
    columns = [
        "given_name",
        "family_name",
        "street",
        "postal_code",
        "city",
        "email",
        "email_user",
        "birth_date",
        "phone",
        "gender",
        "occupation",
    ]
    sides = []
    for told in (one, other):
        values = [
            f"cast({told[c]!r} as varchar) as {c}"
            if c in told
            else f"cast(null as varchar) as {c}"
            for c in columns
        ]
        forms = told.get("given_forms", [])
        sides.append(f"select {', '.join(values)}, {forms}::varchar[] as given_forms")
    cases = " ".join(
        f"when {step.condition} then '{step.name}'"
        for step in found.levels
        if step.condition
    )
    sql = (
        f"select case {cases} else '{found.levels[-1].name}' end "
        f"from ({sides[0]}) as one cross join ({sides[1]}) as other"
    )
    assert duckdb.sql(sql).fetchall() == [(level,)]


def test_a_comparison_tells_nothing_where_two_have_the_same_of_what_silences_it():
    email = next(c for c in read_comparisons() if c.name == "email")
    assert "of one name" not in [level.name for level in email.levels]
    sides = [
        f"select 'a@mail.com' as email, {made_of} as email_of_name"
        for made_of in ("'al li'", "'al li'", "'bo li'", "null")
    ]
    asked = [
        duckdb.sql(
            f"select coalesce({email.is_unknown}, false) "
            f"from ({sides[0]}) as one cross join ({other}) as other"
        ).fetchall()
        for other in sides[1:]
    ]
    assert asked == [[(True,)], [(False,)], [(False,)]]


COLOUR = Comparison(
    "colour", ("hair",), (Level("same", "x", "hair"), Level("no", None, None))
)


def test_the_mean_of_models_is_geometric_and_a_level_that_none_shows_is_an_error():
    one = {
        ("colour", "same"): Weight(0.4, 0.01, 0),
        ("colour", "no"): Weight(0.5, 1, 0),
    }
    other = {("colour", "same"): Weight(0.9, 0.04, 0)}
    found = average([one, other], [COLOUR])
    assert found["colour", "same"].m == pytest.approx(0.6)
    assert found["colour", "same"].u == pytest.approx(0.02)
    assert found["colour", "same"].weight == pytest.approx(4.9069, abs=1e-4)
    assert found["colour", "no"].m == pytest.approx(0.5)
    with pytest.raises(TrainingError, match="level 'no' of the comparison 'colour'"):
        average([other], [COLOUR])


def test_the_card_tells_every_level_and_the_chart_draws_it():
    from datetime import date

    weights = shipped_weights()
    card = model_card(
        read_comparisons(), weights, read_settings(), ["a table"], date(2026, 1, 2)
    )
    assert "2026-01-02" in card
    assert card.count("\n| ") == len(weights) + 1
    assert weight_chart(weights).count("<rect") == len(weights)
