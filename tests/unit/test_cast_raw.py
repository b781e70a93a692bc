"""Raw text as money, as real exports write it."""

from decimal import Decimal

import duckdb
import pytest

from tests.unit.macro_sql import macro_sql


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
    found = duckdb.execute(f"select {cast} from (select ? as raw)", [text]).fetchone()
    assert found == (money and Decimal(money),)
