"""The people of a chunk: who they truly are, before any system gets them wrong.

Every attribute is a pure function of (seed, person), by the macro `u`, so that a
person is the same whatever drop or chunk asks.
"""

from __future__ import annotations

import duckdb

from orchestration.universe.world import Chunk, World

_PEOPLE = """
create table people as
with

numbered as (

    select
        i,
        i - i % 20 + [0, 1, 2, 3, 4, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 13, 16, 16,
            16, 16][1 + i % 20] as head
    from range({first}, {last}) as t (i)

),

placed as (

    select
        numbered.*,
        greatest(head, {first}) as household,
        i - head as member,
        if(u(i, 'gender') < 0.5, 'female', 'male') as gender,
        countries.* exclude (low, high)
    from numbered
    inner join countries
        on u(head, 'country') >= low and u(head, 'country') < high

),

drawn as (

    select
        * exclude (female, male, families, cities, streets),
        nth(if(gender = 'female', female, male), u(i, 'given') ** 1.4) as given_rank,
        nth(families, u(
            if(member = 1 and u(i, 'own name') < 0.25, -i, head), 'family'
        ) ** 1.3) as family_rank,
        nth(families, u(i, 'maiden') ** 1.3) as maiden_rank,
        nth(cities, u(head, 'city')) as city_rank,
        nth(cities, u(i, 'old city')) as old_city_rank,
        nth(streets, u(head, 'street')) as street_rank,
        nth(streets, u(i, 'old street')) as old_street_rank
    from placed

),

named as (

    select
        drawn.* exclude (
            given_rank, family_rank, maiden_rank, city_rank, old_city_rank,
            street_rank, old_street_rank
        ),
        given.name as given,
        given.latin as given_latin,
        given.nickname,
        family.name as family,
        family.latin as family_latin,
        maiden.name as maiden,
        maiden.latin as maiden_latin,
        cities.city,
        cities.region,
        cities.region_code,
        cities.time_zone,
        cities.latitude,
        cities.longitude,
        cities.postal_prefix,
        old_cities.city as old_city,
        old_cities.region as old_region,
        old_cities.region_code as old_region_code,
        old_cities.postal_prefix as old_postal_prefix,
        streets.street as street_name,
        old_streets.street as old_street_name
    from drawn
    inner join names as given
        on drawn.country_code = given.country_code
        and drawn.gender = given.kind
        and given_rank = given.rank
    inner join names as family
        on drawn.country_code = family.country_code
        and family.kind = 'family'
        and family_rank = family.rank
    inner join names as maiden
        on drawn.country_code = maiden.country_code
        and maiden.kind = 'family'
        and maiden_rank = maiden.rank
    inner join cities
        on drawn.country_code = cities.country_code and city_rank = cities.rank
    inner join cities as old_cities
        on drawn.country_code = old_cities.country_code
        and old_city_rank = old_cities.rank
    inner join streets
        on drawn.country_code = streets.country_code and street_rank = streets.rank
    inner join streets as old_streets
        on drawn.country_code = old_streets.country_code
        and old_street_rank = old_streets.rank

),

described as (

    select
        * exclude (
            postal_prefix, old_postal_prefix, mobile_prefixes, room, lowest, member
        ),
        member,
        postal_code(
            country_code, postal_prefix, cast(floor(u(head, 'area') * 12) as integer)
        ) as postal_code,
        postal_code(
            country_code,
            old_postal_prefix,
            cast(floor(u(i, 'old area') * 12) as integer)
        ) as old_postal_code,
        street_line(
            country_code, street_name, 1 + cast(floor(u(head, 'house') * 180) as int)
        ) as street,
        street_line(
            country_code, old_street_name,
            1 + cast(floor(u(i, 'old house') * 180) as integer)
        ) as old_street,
        cast(date '{end_date}' - cast(floor(365.25 * (case
            when member >= 2 then 18 + 8 * u(i, 'age')
            else 24 + 52 * u(head, 'age') ** 1.2 + 5 * (u(i, 'age') - 0.5)
        end)) as integer) as date) as birth_date,
        mobile(mobile_prefixes, room, lowest, i) as phone_digits,
        mobile(mobile_prefixes, room, lowest, i + 4000000) as old_phone_digits,
        mobile(mobile_prefixes, room, lowest, head + 7000000) as family_phone_digits,
        case
            when i >= {customers} then moment(
                timestamp '{end}' + to_days(
                    cast((i - {customers}) // {newcomers_per_day} as integer)
                ),
                u(i, 'joined') * 0.6
            )
            when u(i, 'tenure') < 0.45 then moment(
                timestamp '{start}',
                -u(i, 'joined') * 900
            )
            else moment(timestamp '{start}', u(i, 'joined') * {days})
        end as joined_at,
        gender = 'female' and u(i, 'married') < 0.05 as has_married,
        u(i, 'moved') < 0.12 as has_moved,
        u(i, 'employee') < 0.004 as is_employee,
        cast(floor(u(i, 'company') * {companies}) as integer) as company,
        u(i, 'local') as u_local,
        pick(mail_domains, u(i, 'domain')) as mail_domain
    from named

),

locals as (

    select
        *,
        case
            when u_local < 0.34 then ascii(given_latin) || '.' || ascii(family_latin)
            when u_local < 0.50 then ascii(given_latin) || ascii(family_latin)
                || strftime(birth_date, '%y')
            when u_local < 0.62 then left(ascii(given_latin), 1) || ascii(family_latin)
            when u_local < 0.74 then ascii(given_latin) || strftime(birth_date, '%Y')
            when u_local < 0.84 then ascii(family_latin) || '.' || ascii(given_latin)
            when u_local < 0.92 then ascii(given_latin) || '_' || ascii(family_latin)
            else ascii(coalesce(nullif(nickname, ''), given_latin))
                || left(ascii(family_latin), 3) || strftime(birth_date, '%d%m')
        end as local_part
    from described

)

select
    * exclude (u_local, local_part, mail_domain, mail_domains),
    'p' || lpad(cast(i as varchar), 8, '0') as person_id,
    local_part
    || if(row_number() over same_address = 1, '',
        '_' || row_number() over same_address)
    || if({chunk} = 0, '', '.{chunk}')
    || '@' || mail_domain as email,
    ascii(given_latin) || '.' || ascii(family_latin)
    || if(row_number() over colleagues = 1, '', '_' || row_number() over colleagues)
    || if({chunk} = 0, '', '.{chunk}')
    || '@' || if(is_employee, 'fjordline.example.com', company_domain(company))
        as work_email,
    ascii(family_latin) || 'family' || household || '@gmail.com' as family_email
from locals
window
    same_address as (partition by local_part, mail_domain order by i),
    colleagues as (
        partition by given_latin, family_latin, if(is_employee, -1, company)
        order by i
    )
order by i
"""


def company_count(world: World) -> int:
    """Return how many companies the CRM knows."""
    return max(5, world.customers // 40)


def create_people(con: duckdb.DuckDBPyConnection, world: World, chunk: Chunk) -> None:
    """Create the table `people` of a chunk, one row per person."""
    con.execute(
        _PEOPLE.format(
            first=chunk.first,
            last=chunk.last,
            chunk=chunk.number,
            customers=world.customers,
            newcomers_per_day=world.newcomers_per_day,
            days=world.days,
            start=world.start,
            end=world.end,
            end_date=world.end_date,
            companies=company_count(world),
        )
    )
