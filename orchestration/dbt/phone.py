"""Telephone numbers in E.164, and the DuckDB function that makes them.

Belongs here: reading one number, and the vectorised function around it. Does not belong
here: who calls it (the dbt plugin, or the pipeline on connections of its own).
"""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa

CACHED_NUMBERS = 1 << 20


@lru_cache(maxsize=CACHED_NUMBERS)
def phone_e164(text: str | None, country: str | None = None) -> str | None:
    """Return a number as E.164 (ITU-T E.164), or None when no such number can exist.

    Args:
        text: the number as somebody wrote it, national or international.
        country: ISO 3166-1 alpha-2 code of the country it is dialled in; None or
            empty when unknown, and then only an international number can be read.
    """
    if not text:
        return None
    # Loading the numbering plans takes a third of a second: only for who needs them.
    import phonenumbers

    # "+44 (0)20 …" shows the trunk digit that is left out when one dials from abroad.
    # Italy keeps it, so the text is read as it stands first.
    for written in dict.fromkeys((text, text.replace("(0)", ""))):
        try:
            number = phonenumbers.parse(written, country.upper() if country else None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(
                number, phonenumbers.PhoneNumberFormat.E164
            )
    return None


def phones_e164(texts: pa.ChunkedArray, countries: pa.ChunkedArray) -> pa.Array:
    """Return the E.164 numbers of a column of texts beside a column of countries."""
    pairs = zip(texts.to_pylist(), countries.to_pylist(), strict=True)
    return pa.array([phone_e164(*pair) for pair in pairs], type=pa.string())
