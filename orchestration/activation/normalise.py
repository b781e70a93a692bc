"""How ad platforms want identifiers spelt before they are hashed, as macros of DuckDB.

Platforms compare hashes, so a space or a dot too many matches nobody, and they differ:
Google drops dots and tags of Gmail addresses and wants phones with `+`; Meta keeps the
dots and wants digits only. Google wants country and postal code in the clear, Meta all
of it hashed. Rules and test vectors are theirs:

- Google: https://developers.google.com/data-manager/api/devguides/concepts/formatting
- Meta: https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences
  (hashing and normalisation) and, for the vectors,
  https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/customer-information-parameters

Belongs here: spelling and hashing. Does not belong here: which of it is sent, and in
which form (destinations.py).
"""

from __future__ import annotations

import duckdb

_US_STATES = (
    "Alabama AL, Alaska AK, Arizona AZ, Arkansas AR, California CA, Colorado CO, "
    "Connecticut CT, Delaware DE, District of Columbia DC, Florida FL, Georgia GA, "
    "Hawaii HI, Idaho ID, Illinois IL, Indiana IN, Iowa IA, Kansas KS, Kentucky KY, "
    "Louisiana LA, Maine ME, Maryland MD, Massachusetts MA, Michigan MI, Minnesota MN, "
    "Mississippi MS, Missouri MO, Montana MT, Nebraska NE, Nevada NV, "
    "New Hampshire NH, New Jersey NJ, New Mexico NM, New York NY, North Carolina NC, "
    "North Dakota ND, Ohio OH, Oklahoma OK, Oregon OR, Pennsylvania PA, "
    "Rhode Island RI, South Carolina SC, South Dakota SD, Tennessee TN, Texas TX, "
    "Utah UT, Vermont VT, Virginia VA, Washington WA, West Virginia WV, "
    "Wisconsin WI, Wyoming WY"
)
"""States and their two-letter codes (ANSI INCITS 38)."""

_STATE_CODES = ", ".join(
    f"'{name.lower().replace(' ', '')}': '{code.lower()}'"
    for name, code in (state.rsplit(" ", 1) for state in _US_STATES.split(", "))
)

_MACROS = rf"""
create or replace temp macro hashed(value) as sha256(nullif(value, ''));

create or replace temp macro bare_email(value) as
    lower(regexp_replace(value, '\s', '', 'g'));

create or replace temp macro google_email(value) as
    case
        when regexp_matches(bare_email(value), '@(gmail|googlemail)\.com$')
            then
                replace(
                    regexp_replace(split_part(bare_email(value), '@', 1), '\+.*', ''),
                    '.', ''
                ) || '@' || split_part(bare_email(value), '@', 2)
        else bare_email(value)
    end;

create or replace temp macro google_phone(value) as
    '+' || nullif(regexp_replace(value, '[^0-9]', '', 'g'), '');

create or replace temp macro google_name(value) as lower(trim(value));

create or replace temp macro google_postal_code(value, country_code) as
    case
        when upper(country_code) = 'US'
            then regexp_extract(trim(value), '^\d{{5}}(-\d{{4}})?')
        else trim(value)
    end;

create or replace temp macro meta_email(value) as lower(trim(value));

create or replace temp macro meta_phone(value) as
    ltrim(regexp_replace(value, '[^0-9]', '', 'g'), '0');

create or replace temp macro meta_name(value) as
    regexp_replace(lower(trim(value)), '[^\pL\pM\pN ]', '', 'g');

create or replace temp macro meta_city(value) as
    regexp_replace(lower(strip_accents(value)), '[^a-z]', '', 'g');

create or replace temp macro bare_region(value) as
    regexp_replace(lower(value), '[^\pL\pM\pN]', '', 'g');

create or replace temp macro meta_region(value, country_code) as
    case
        when upper(country_code) = 'US'
            then
                coalesce(
                    map {{{_STATE_CODES}}}[bare_region(value)], bare_region(value)
                )
        else bare_region(value)
    end;

create or replace temp macro bare_postal_code(value) as
    regexp_replace(lower(value), '[\s-]', '', 'g');

create or replace temp macro meta_postal_code(value, country_code) as
    case upper(country_code)
        when 'US' then left(bare_postal_code(value), 5)
        -- Area, district and sector: all but the last two letters.
        when 'GB' then regexp_replace(bare_postal_code(value), '[a-z]{{2}}$', '')
        else bare_postal_code(value)
    end;

create or replace temp macro meta_gender(value) as
    case when lower(value) in ('male', 'female') then left(lower(value), 1) end;
"""


def create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros in a connection; empty text hashes to null, as does null."""
    connection.execute(_MACROS)
