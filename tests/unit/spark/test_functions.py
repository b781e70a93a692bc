"""Functions that Spark gets from Python say what DuckDB's say."""

import duckdb
import pytest

from orchestration.spark.functions import (
    is_time_zone,
    nfc_normalize,
    strip_accents,
    winkler_similarity,
)

TEXTS = ["José", "jose\u0301", "Ærøskøbing", "Łódź", "김민수", "Ñandú", "ÅNGSTRÖM", ""]


@pytest.fixture(scope="module")
def ask():
    with duckdb.connect() as connection:
        yield lambda sql, *values: connection.execute(sql, values).fetchall()[0][0]


@pytest.mark.parametrize("text", TEXTS)
def test_accents_and_composition_are_those_of_duckdb(ask, text):
    assert nfc_normalize(text) == ask("select nfc_normalize(?)", text)
    assert strip_accents(nfc_normalize(text)) == ask(
        "select strip_accents(nfc_normalize(?))", text
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("martha", "marhta"),
        ("jonathan", "jon"),
        ("ann", "ann"),
        ("dwayne", "duane"),
        ("cater", "carter"),
    ],
)
def test_similarity_is_that_of_duckdb(ask, one, other):
    expected = ask("select jaro_winkler_similarity(?, ?)", one, other)

    assert winkler_similarity(one, other) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Europe/Berlin", True),
        ("America/Argentina/Ushuaia", True),
        ("Mars/Base", False),
    ],
)
def test_time_zones_are_those_of_the_iana_database(name, expected):
    assert is_time_zone(name) is expected
