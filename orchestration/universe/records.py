"""What each system holds about a person: with the errors that systems make.

One table, `records`, has a row per person-like record of the five systems that keep
contact data; how often each kind of error happens is data/record_quality.csv.
"""

from __future__ import annotations

import duckdb

from orchestration.universe.macros import data_file
from orchestration.universe.world import Drop

_MACROS = """
create macro is_online(i) as u(i, 'kind') < 0.54;
create macro shopify_id(i, copy) as cast(6000000000000 + i * 34 + copy * 17 as varchar);
create macro hubspot_id(i, copy) as cast(10000000 + i * 2 + copy as varchar);
create macro klaviyo_id(i, copy) as
    '01' || upper(left(md5(concat({seed}, 'klaviyo', i, '/', copy)), 24));
create macro zendesk_id(i, copy) as cast(380000000000 + i * 22 + copy as varchar);
create macro loyalty_id(i, copy) as 'L' || cast(700000000 + i * 2 + copy as varchar);
create macro record_id_of(system, i, copy) as case system
    when 'shopify' then shopify_id(i, copy)
    when 'hubspot' then hubspot_id(i, copy)
    when 'klaviyo' then klaviyo_id(i, copy)
    when 'zendesk' then zendesk_id(i, copy)
    when 'pos' then loyalty_id(i, copy)
end;
create macro typo(name, x) as if(
    length(name) < 4,
    name,
    left(name, 1 + cast(floor(x * (length(name) - 2)) as integer))
    || substr(name, 3 + cast(floor(x * (length(name) - 2)) as integer))
);
create macro misspelt(address, x) as case
    when x < 0.4 then replace(address, '.com', '.con')
    when x < 0.7 then replace(address, 'gmail', 'gmial')
    else typo(address, x)
end;
create macro as_typed(address, x) as case
    when x < 0.03 then upper(left(address, 1)) || substr(address, 2)
    when x < 0.05 then upper(address)
    when x < 0.06 then ' ' || address
    when x < 0.08 then replace(address, '@gmail.com', '+shop@gmail.com')
    else address
end;
"""

_MEMBERS = """
create table members as
with

kinds as (

    select
        i,
        case
            when is_online(i) then 'online'
            when u(i, 'kind') < 0.78 then 'store'
            when u(i, 'kind') < 0.89 then 'lead'
            else 'reader'
        end as kind
    from people

),

systems (system, online, store, lead, reader, twice) as (

    values
        ('shopify', 1.0, 0.0, 0.0, 0.0, 0.02),
        ('klaviyo', 0.85, 0.0, 0.1, 1.0, 0.01),
        ('hubspot', 0.16, 0.04, 1.0, 0.06, 0.06),
        ('zendesk', 0.42, 0.05, 0.06, 0.03, 0.02),
        ('pos', 0.34, 1.0, 0.08, 0.10, 0.03)

)

select
    i,
    kind,
    system,
    copy,
    system || '/' || i || '/' || copy as rid
from kinds
cross join systems
cross join (values (0), (1)) as copies (copy)
where
    u(i, system) < case kind
        when 'online' then online
        when 'store' then store
        when 'lead' then lead
        else reader
    end
    and (copy = 0 or u(i, system || ' twice') < twice)
order by all
"""

_RECORDS = """
create table records as
with

joined as (

    select
        members.kind,
        members.system,
        members.copy,
        members.rid,
        people.*,
        quality.* exclude (system),
        date_trunc('second', joined_at + to_microseconds(cast(case
            when members.system = 'shopify' and copy = 0 then 0
            else 86400e6 * u(rid, 'at') ** 3 * (60 + 200 * copy)
        end as bigint))) as created_at,
        if(u(rid, 'changes') < 0.06, moment(
            timestamp '{end}' + to_days(cast(floor(u(rid, 'change') * 90) as integer)),
            u(rid, 'change time')
        ), null) as changes_at
    from members
    inner join people on members.i = people.i
    inner join quality on members.system = quality.system

),

drawn as (

    select
        *,
        coalesce(changes_at > created_at and changes_at < timestamp '{until}', false)
            as has_changed,
        u(rid, 'email') as u_email,
        u(rid, 'phone') as u_phone,
        u(rid, 'name') as u_name,
        u(rid, 'birth') as u_birth,
        (has_moved and u(rid, 'address') < 0.5) or u(rid, 'address') < 0.03 as at_old,
        has_married and u(rid, 'maiden') < p_maiden_name as under_maiden
    from joined

),

chosen as (

    select
        *,
        case
            when copy = 1 and u_email < 0.55 then work_email
            when u_email < p_no_email then null
            when u_email < p_no_email + p_placeholder_email then pick(
                ['test@test.com', 'noemail@example.com', 'n/a', 'none@none.com',
                    'asdf@asdf.com'], u(rid, 'placeholder'))
            when u_email < p_no_email + p_placeholder_email + p_role_email
                then pick(['info@', 'sales@', 'office@'], u(rid, 'role'))
                    || company_domain(company)
            when u_email < p_no_email + p_placeholder_email + p_role_email
                + p_family_email then family_email
            when u_email < p_no_email + p_placeholder_email + p_role_email
                + p_family_email + p_alt_email then work_email
            else email
        end as chosen_email,
        case
            when u_phone < p_no_phone then null
            when u_phone < p_no_phone + p_placeholder_phone then 'placeholder'
            when u_phone < p_no_phone + p_placeholder_phone + p_old_phone
                then old_phone_digits
            when u_phone < p_no_phone + p_placeholder_phone + p_old_phone
                + p_family_phone then family_phone_digits
            else phone_digits
        end as chosen_phone,
        case
            when u_name < p_latin_name then given_latin
            when u_name > 1 - p_nickname then coalesce(nickname, given)
            else given
        end as chosen_given,
        case
            when under_maiden and u_name < p_latin_name then maiden_latin
            when under_maiden then maiden
            when u_name < p_latin_name then family_latin
            else family
        end as chosen_family
    from drawn

)

select
    i,
    person_id,
    kind,
    system,
    copy,
    rid,
    record_id_of(system, i, copy) as record_id,
    created_at,
    if(has_changed, changes_at, date_trunc('second', created_at + to_microseconds(cast(
        u(rid, 'updated') ** 2 * greatest(
            0, epoch_us(timestamp '{end}') - epoch_us(created_at) - 1000000
        ) as bigint)))) as updated_at,
    has_changed,
    case
        when chosen_email is null then null
        when u(rid, 'misspelt') < p_typo_email
            then misspelt(chosen_email, u(rid, 'misspelling'))
        when system in ('hubspot', 'pos', 'zendesk')
            then as_typed(chosen_email, u(rid, 'typed'))
        else chosen_email
    end as email,
    chosen_email as meant_email,
    email as own_email,
    work_email,
    case
        when chosen_phone is null then null
        when chosen_phone = 'placeholder' then '0000000000'
        when u(rid, 'free phone') < p_free_phone then phone_text(
            calling_code, trunk_prefix, chosen_phone,
            cast(floor(u(rid, 'phone style') * 7) as integer)
        )
        else '+' || calling_code || chosen_phone
    end as phone,
    '+' || calling_code || phone_digits as own_phone,
    if(u(rid, 'typo') < p_typo_name / 2, typo(chosen_given, u(rid, 'slip')),
        chosen_given) as given,
    if(u(rid, 'typo') > 1 - p_typo_name / 2, typo(chosen_family, u(rid, 'slip')),
        chosen_family) as family,
    case
        when u_birth < p_no_birth_date then null
        when u_birth < p_no_birth_date + p_fake_birth_date then date '1900-01-01'
        else birth_date
    end as birth_date,
    gender,
    if(at_old and not has_changed, old_street, street)
        || if(has_changed and not at_old, ' / 2', '') as street,
    if(at_old and not has_changed, old_city, city) as city,
    if(at_old and not has_changed, old_region, region) as region,
    if(at_old and not has_changed, old_region_code, region_code) as region_code,
    if(at_old and not has_changed, old_postal_code, postal_code) as postal_code,
    country_code,
    country,
    pick(country_spellings, u(rid, 'country')) as country_spelling,
    language,
    locale,
    currency,
    time_zone,
    company,
    latitude,
    longitude,
    is_employee
from chosen
where created_at < timestamp '{until}'
order by system, i, copy
"""


def create_records(con: duckdb.DuckDBPyConnection, drop: Drop) -> None:
    """Create `members` and `records`: who is known where, and as whom."""
    con.execute(_MACROS.format(seed=drop.world.seed))
    con.execute(
        "create table quality as select * from read_csv(?)",
        [str(data_file("record_quality.csv"))],
    )
    con.execute(_MEMBERS)
    con.execute(_RECORDS.format(end=drop.world.end, until=drop.until))
    con.execute(
        f"create view fresh_records as select * from records "
        f"where created_at >= timestamp '{drop.since}' "
        f"or has_changed and updated_at >= timestamp '{drop.since}'"
    )
