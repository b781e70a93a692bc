"""Raw text as money, as real exports write it."""

from decimal import Decimal

import duckdb
import pytest

from tests.unit.macros.macro_sql import macro_sql


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("2.99", "2.99"),
        ("1.005", "1.01"),
        ("1.5e2", "150.00"),
        # What floating point leaves of a zero, and DuckDB alone rounds up to a cent.
        ("8.881784e-16", "0.00"),
        ("9E-5", "0.00"),
        ("6e-3", "0.01"),
        ("2.9x", None),
        ("  ", None),
    ],
)
def test_text_becomes_the_nearest_cent(text, money):
    cast = macro_sql("cast_raw", "raw", "decimal(18, 2)")
    query = f"select {cast} from (select ? as raw)"
    (found,) = duckdb.execute(query, [text]).fetchall()
    assert found == (money and Decimal(money),)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-01T00:30:00+02:00", "2026-01-31 22:30:00"),
        ("2026-02-01T00:30:00-05:00", "2026-02-01 05:30:00"),
        ("2026-02-01T00:30:00Z", "2026-02-01 00:30:00"),
        ("2026-02-01 00:30", "2026-02-01 00:30:00"),
        ("2026-02-30 00:30", None),
    ],
)
def test_a_time_with_an_offset_becomes_utc(text, moment):
    cast = macro_sql("cast_raw", "raw", "timestamp")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        found = connection.execute(
            f"select cast({cast} as varchar) from (select ? as raw)", [text]
        ).fetchall()[0]
    assert found == (moment,)
