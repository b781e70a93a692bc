"""The tools of the generator inside DuckDB: seeded chance, names, shapes of values.

Belongs here: macros that any table of the world may use, and the lists they draw from.
Does not belong here: anything about a person or a system.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.universe.world import World

_MACROS = """
create macro u(key, salt) as
    cast(md5_number(concat({seed}, '|', salt, '|', key)) >> 75 as ubigint)
    / 9007199254740992.0;
create macro pick(items, x) as items[1 + cast(floor(x * len(items)) as integer)];
create macro nth(size, x) as cast(floor(size * x) as integer);
create macro moment(day, fraction) as
    date_trunc('second', day + to_microseconds(cast(fraction * 86400e6 as bigint)));
create macro uuid_text(digits) as concat(
    left(digits, 8), '-', substr(digits, 9, 4), '-4', substr(digits, 14, 3), '-a',
    substr(digits, 18, 3), '-', right(digits, 12)
);
create macro uuid_of(key, salt) as uuid_text(md5(concat({seed}, '|', salt, '|', key)));
create macro ascii(name) as
    regexp_replace(
        lower(strip_accents(replace(name, 'ß', 'ss'))), '[^a-z]', '', 'g'
    );
create macro mobile(prefixes, room, lowest, k) as
    prefixes[1 + ((k * 7368787 + 12345) % (room * len(prefixes))) // room]
    || lpad(
        cast((k * 7368787 + 12345) % room + lowest as varchar),
        cast(if(lowest > 0, 7, length(cast(room as varchar)) - 1) as integer),
        '0'
    );
create macro phone_text(calling, trunk, phone_digits, style) as
    case style
        when 0 then '+' || calling || phone_digits
        when 1 then
            '+' || calling || ' '
            || regexp_replace(phone_digits, '^(..)(...)(...)', '\\1 \\2 \\3 ')
        when 2 then trunk || phone_digits
        when 3 then
            regexp_replace(trunk || phone_digits, '^(\\d+)(\\d{{3}})(\\d{{4}})$',
                '\\1-\\2-\\3')
        when 4 then
            regexp_replace(trunk || phone_digits, '^(\\d+)(\\d{{3}})(\\d{{4}})$',
                '(\\1) \\2-\\3')
        when 5 then
            '+' || calling || if(trunk = '', '-', ' (0)') || phone_digits
        else trunk || regexp_replace(phone_digits, '(..)', '\\1 ', 'g')
    end;
"""

_SHAPES = """
create macro postal_code(country, prefix, area) as
    case country
        when 'GB' then
            prefix || (1 + area % 9) || ' ' || (1 + area // 3)
            || ['AB', 'DE', 'FG', 'HJ'][1 + area % 4]
        when 'BR' then prefix || lpad(cast(area as varchar), 2, '0') || '-0'
            || lpad(cast(area * 7 as varchar), 2, '0')
        when 'JP' then prefix || '-00' || lpad(cast(area + 1 as varchar), 2, '0')
        else prefix || lpad(cast(area + 1 as varchar), 2, '0')
    end;
create macro street_line(country, street, house) as
    case
        when country in ('US', 'GB', 'FR') then house || ' ' || street
        when country in ('ES', 'BR', 'UA') then street || ', ' || house
        when country = 'JP' then
            street || (1 + house % 9) || '-' || (1 + house % 23) || '-'
            || (1 + house % 7)
        else street || ' ' || house
    end;
create macro company_name(c) as
    ['Northwind', 'Blue Harbor', 'Kestrel', 'Alder', 'Summit', 'Corvus', 'Lindgren',
        'Pacific', 'Vega', 'Monarch', 'Osprey', 'Tessera', 'Ironwood', 'Halcyon',
        'Quartz', 'Meridian'][1 + c % 16] || ' '
    || ['Logistics', 'Foods', 'Systems', 'Design', 'Health', 'Energy', 'Partners',
        'Textiles', 'Media', 'Robotics', 'Dental', 'Travel'][1 + (c // 16) % 12]
    || if(c < 192, '', ' ' || (c // 192));
create macro company_domain(c) as
    replace(lower(company_name(c)), ' ', '') || '.example.com';
"""


_COUNTRIES = """
create table countries as
select
    country_code,
    calling_code,
    coalesce(trunk_prefix, '') as trunk_prefix,
    string_split(mobile_prefixes, ' ') as mobile_prefixes,
    -- A number of the North American plan never starts with 0 or 1.
    if(calling_code = '1', 8000000, cast(10 ** cast(free_digits as integer) as bigint))
        as room,
    if(calling_code = '1', 2000000, 0) as lowest,
    language,
    string_split(country_spellings, ';') as country_spellings,
    country,
    locale,
    currency,
    cast(price_level as double) as price_level,
    string_split(mail_domains, ' ') as mail_domains,
    (
        select count(*) from names
        where names.country_code = listed.country_code and kind = 'female'
    ) as female,
    (
        select count(*) from names
        where names.country_code = listed.country_code and kind = 'male'
    ) as male,
    (
        select count(*) from names
        where names.country_code = listed.country_code and kind = 'family'
    ) as families,
    (
        select count(*) from cities where cities.country_code = listed.country_code
    ) as cities,
    (
        select count(*) from streets where streets.country_code = listed.country_code
    ) as streets,
    sum(cast(share as double)) over earlier - cast(share as double) as low,
    if(row_number() over earlier = count(*) over (), 1.0,
        sum(cast(share as double)) over earlier) as high
from read_csv(?, all_varchar = true) as listed
window earlier as (
    order by country_code rows between unbounded preceding and current row
)
"""


def data_file(name: str) -> Path:
    """Return the path of a file in the package's data folder."""
    return Path(__file__).parent / "data" / name


def open_database(world: World) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database with the macros and the tables of names."""
    con = duckdb.connect(config={"threads": 1})
    con.execute("set timezone = 'UTC'; set enable_progress_bar = false")
    # The queries name their tables in a good order; fresh tables mislead a guess.
    con.execute("set disabled_optimizers = 'join_order'")
    con.execute(_MACROS.format(seed=world.seed))
    con.execute(_SHAPES)
    for table in ("names", "cities", "streets"):
        con.execute(
            f"create table {table} as "
            "select * replace (cast(rank as integer) as rank) "
            "from read_csv(?, all_varchar = true)",
            [str(data_file(f"{table}.csv"))],
        )
    con.execute(_COUNTRIES, [str(data_file("countries.csv"))])
    return con
