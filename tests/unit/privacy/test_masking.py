"""What is told of a value to those who may not see it."""

import duckdb
import pytest

from orchestration.privacy.masking import MASKS, mask_of, masked


def told(value: str, personal_class: str, data_type: str, key: str = "ab") -> object:
    typed = f"cast({value} as {data_type})"
    query = masked(typed, personal_class, data_type, key)
    return duckdb.sql(f"select {query}").fetchall()[0][0]


PARTS = [
    ("'SW1A 1AA'", "postcode", "VARCHAR", "SW"),
    ("date '1984-08-17'", "birth_date", "DATE", "1984-01-01"),
    ("51.507351", "location", "DOUBLE", "51.5"),
    ("51.507351", "location", "DECIMAL(9,6)", "51.5"),
]


@pytest.mark.parametrize(("value", "personal_class", "data_type", "part"), PARTS)
def test_some_values_are_told_in_part(value, personal_class, data_type, part):
    assert str(told(value, personal_class, data_type)).rstrip("0") == part.rstrip("0")


NOT_TOLD = [
    ("'Call me at 555-0100'", "free_text", "VARCHAR"),
    ("""'{"a": 1}'""", "free_text", "JSON"),
    ("'1984-08-17'", "birth_date", "VARCHAR"),
    ("4711", "identifier", "BIGINT"),
    ("'117 Oak Avenue'", "address", "VARCHAR"),
    ("'anything'", "a class that nobody has heard of", "VARCHAR"),
]


@pytest.mark.parametrize(("value", "personal_class", "data_type"), NOT_TOLD)
def test_what_cannot_be_told_in_part_is_not_told(value, personal_class, data_type):
    assert told(value, personal_class, data_type) is None
    assert mask_of(personal_class, data_type).name == "nothing"


def test_equal_values_have_one_pseudonym_whatever_their_class():
    ann = told("'ann@example.org'", "email", "VARCHAR")
    assert ann == told("'ann@example.org'", "identifier", "VARCHAR")
    assert ann != told("'bob@example.org'", "email", "VARCHAR")
    assert ann != told("'ann@example.org'", "email", "VARCHAR", key="cd")
    assert "ann" not in ann


@pytest.mark.parametrize("personal_class", [*MASKS, "free_text"])
def test_what_is_not_known_stays_unknown(personal_class):
    for data_type in ("VARCHAR", "DATE", "DOUBLE"):
        assert told("null", personal_class, data_type) is None
