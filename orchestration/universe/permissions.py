"""What people allow, and what a third party says of them: consent, demographics."""

from __future__ import annotations

import duckdb

from orchestration.universe.landing import Landing
from orchestration.universe.world import Drop

_STATEMENTS = """
create macro is_appended(i) as u(i, 'appended') < if(is_online(i), 0.28, 0.12);

create table consent_statements as
with

asked as (

    select
        people.*,
        shop_id,
        unnest(range(
            if(u(people.i, 'consents') < if(shop_id is null, 0.15, 0.5),
                1 + cast(floor(4 * u(people.i, 'statements')) as integer), 0)
        )) as n
    from people
    left join (
        select i, record_id as shop_id from records
        where system = 'shopify' and copy = 0
    ) as shop on people.i = shop.i

),

stated as (

    select
        *,
        concat(i, '/', n) as sid,
        moment(
            greatest(joined_at, timestamp '{start}'),
            if(n = 0, 0, 1) * u(concat(i, '/', n), 'stated') * {span}
            + u(i, 'first stated') * 5
        ) as stated_at
    from asked

)

select
    *,
    if(u(i, 'subject') < 0.5, shop_id, null) as subject_id,
    if(u(i, 'subject') < 0.5 and shop_id is not null and u(i, 'c mail') < 0.5, null,
        if(u(i, 'phone only') < 0.08, null, email)) as stated_email,
    if(u(i, 'c phone') < 0.3 or u(i, 'phone only') < 0.08,
        '+' || calling_code || phone_digits, null) as stated_phone
from stated
where stated_at < timestamp '{until}'
"""

_CONSENT = """
select
    'C' || cast(500000 + i * 8 + n as varchar) as statement_id,
    subject_id,
    stated_email as email,
    stated_phone as phone,
    pick(['marketing', 'marketing', 'analytics', 'profiling', 'third_party_sharing'],
        if(n = 2, u(concat(i, '/0'), 'purpose'), u(sid, 'purpose'))) as purpose,
    pick(['email', 'email', 'sms', 'all', 'phone', 'post', 'ads'], u(sid, 'channel'))
        as channel,
    case
        when n = 2 then 'revoked'
        when u(sid, 'status') < 0.72 then 'granted'
        when u(sid, 'status') < 0.95 then 'denied'
        else 'pending'
    end as status,
    pick(['consent', 'consent', 'consent', 'legitimate_interest', 'contract'],
        u(sid, 'basis')) as legal_basis,
    stated_at,
    if(u(sid, 'expires') < 0.2, stated_at + interval 730 day, null) as expires_at,
    if(country_code = 'US' and region_code = 'CA', 'US-CA', country_code)
        as jurisdiction,
    pick(['checkbox at checkout', 'preference centre', 'double opt-in mail',
        'paper form', 'call recording'], u(sid, 'evidence')) as evidence,
    pick(['web', 'store', 'call_center', 'import'], u(sid, 'source')) as source
from consent_statements
where stated_at >= timestamp '{since}'
order by stated_at, statement_id
"""

_DEMOGRAPHICS = """
select
    sha256(lower(trim(email))) as email_sha256,
    case
        when age < 25 then '18-24'
        when age < 35 then '25-34'
        when age < 45 then '35-44'
        when age < 55 then '45-54'
        when age < 65 then '55-64'
        else '65+'
    end as age_band,
    pick(['under 25k', '25k-50k', '50k-75k', '75k-100k', '100k+'],
        sqrt(u(i, 'income'))) as income_band,
    1 + cast(floor(4 * u(household, 'size')) as integer) as household_size,
    pick(['owner', 'renter', 'unknown'], u(household, 'home')) as home_ownership,
    pick(['secondary', 'vocational', 'bachelor', 'master', 'doctorate'],
        u(i, 'education')) as education,
    pick(['office', 'trades', 'health', 'education', 'retail', 'management', 'retired'],
        u(i, 'occupation')) as occupation,
    pick(['single', 'married', 'divorced', 'widowed'], u(i, 'marital'))
        as marital_status,
    u(household, 'children') < 0.4 as has_children,
    pick(['urban explorers', 'family first', 'value seekers', 'green living',
        'tech forward', 'quiet comfort'], u(i, 'lifestyle')) as lifestyle_segment,
    pick(['cooking', 'travel', 'sports', 'gaming', 'gardening'], u(i, 'interest'))
        || '|' || pick(['music', 'fashion', 'photography', 'reading', 'diy'],
        u(i, 'interest 2')) as interests,
    cast(timestamp '{until}' - interval 20 day as date) as as_of
from (
    select
        *,
        date_diff('year', birth_date, date '{today}') as age
    from people
)
where is_appended(i)
order by email_sha256
"""

_AREAS = """
select
    country_code,
    postal_code(country_code, postal_prefix, cast(area as integer)) as postal_code,
    money(12000 + 60000 * u(concat(city, area), 'income')) as median_income,
    cast(floor(2000 + 40000 * u(concat(city, area), 'population')) as integer)
        as population,
    pick(['urban', 'suburban', 'urban', 'rural'], u(concat(city, area), 'urban'))
        as urbanicity,
    1 + cast(floor(10 * u(concat(city, area), 'income')) as integer) % 10
        as deprivation_decile,
    cast(timestamp '{until}' - interval 60 day as date) as as_of
from cities
cross join range(12) as t (area)
qualify row_number() over (partition by country_code, postal_code order by area) = 1
order by country_code, postal_code
"""


def write_permissions(
    con: duckdb.DuckDBPyConnection, landing: Landing, drop: Drop
) -> None:
    """Write consent statements; demographics come with the first drop only."""
    window = {"since": drop.since, "until": drop.until}
    con.execute(
        _STATEMENTS.format(
            start=drop.world.start, span=drop.world.days + 90, until=drop.until
        )
    )
    landing.csv(con, "consent", "statements", _CONSENT.format(**window))
    if drop.day is None:
        people = _DEMOGRAPHICS.format(until=drop.until, today=drop.world.end_date)
        landing.csv(con, "demographics", "people", people)
        if landing.is_first:
            landing.csv(con, "demographics", "areas", _AREAS.format(until=drop.until))
