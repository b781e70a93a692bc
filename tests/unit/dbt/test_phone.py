"""Telephone numbers in E.164."""

from __future__ import annotations

import duckdb

from orchestration.dbt.functions import register_functions
from orchestration.dbt.phone import phone_e164


def test_a_number_is_read_as_dialled_in_its_country():
    assert phone_e164("030 901820", "DE") == "+4930901820"
    assert phone_e164("030 901820", "de") == "+4930901820"
    assert phone_e164("030 901820", "FR") is None
    assert phone_e164("0049 30 901820", "DE") == "+4930901820"


def test_a_trunk_digit_in_brackets_is_not_dialled_from_abroad():
    assert phone_e164("+49 (0)30 901820") == "+4930901820"
    assert phone_e164("+1 (0)3105635572") == "+13105635572"
    assert phone_e164("+39 (0)6 6982") == "+39066982"


def test_what_is_no_number_is_none():
    for text in (None, "", "none", "12", "555O123", "+999 12345678"):
        assert phone_e164(text, "US") is None


def test_an_unknown_country_still_reads_international_numbers():
    assert phone_e164("+49 30 901820", "XX") == "+4930901820"


def test_the_function_takes_whole_columns_and_nulls():
    with duckdb.connect() as connection:
        register_functions(connection)
        register_functions(connection)
        rows = connection.execute(
            "select count(*), count(phone_e164(phone, country)) from ("
            "  select '+4930901820' as phone, '' as country from range(5000)"
            "  union all select null, 'DE' from range(5000)"
            "  union all select '030901820', null from range(5000))"
        ).fetchall()
    assert rows == [(15000, 5000)]
