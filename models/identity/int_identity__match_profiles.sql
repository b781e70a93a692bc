{%- set shares = [] -%}
{%- for field in match_fields().rarities -%}
    {%- do shares.append(
        'count(*) over (partition by ' ~ field ~ ') / nullif(count(' ~ field
        ~ ') over (), 0) as ' ~ field ~ '_share'
    ) -%}
{%- endfor -%}

with

entities as (

    select * from {{ ref('int_identity__entities') }}

),

profiles as (

    select * from {{ ref('core__profiles') }}

),

texts as (

    select given_name as stated from profiles
    union
    select family_name as stated from profiles
    union
    select full_name as stated from profiles
    union
    select street as stated from profiles
    union
    select city as stated from profiles
    union
    select job_title as stated from profiles

),

-- People share names and streets: each text is folded once. What is written in another
-- alphabet elsewhere is the same.
folded as (

    select
        stated,
        {{ latin_letters(fold_name('stated')) }} as text
    from texts
    where stated is not null

),

described as (

    select
        entities.entity_key,
        coalesce(
            given.text, nullif(regexp_extract(whole.text, '^(\S+) ', 1), '')
        ) as given_name,
        coalesce(
            family.text, nullif(regexp_extract(whole.text, ' (\S+)$', 1), '')
        ) as family_name,
        cast(profiles.birth_date as varchar) as birth_date,
        streets.text as street,
        cities.text as city,
        {{ fold_postal_code('profiles.postal_code') }} as postal_code,
        profiles.email,
        profiles.phone,
        lower(profiles.gender) as gender,
        jobs.text as occupation

    from profiles
    inner join entities on profiles.record_key = entities.record_key
    left join folded as given on profiles.given_name = given.stated
    left join folded as family on profiles.family_name = family.stated
    -- Of a person with a given or family name the full name says nothing more.
    left join folded as whole
        on
            profiles.full_name = whole.stated
            and profiles.given_name is null
            and profiles.family_name is null
    left join folded as streets on profiles.street = streets.stated
    left join folded as cities on profiles.city = cities.stated
    left join folded as jobs on profiles.job_title = jobs.stated

),

names as (

    select
        entity_key,
        given_name,
        family_name,
        row_number() over (
            partition by entity_key
            order by
                (count(given_name) > 0) and (count(family_name) > 0) desc,
                count(*) desc,
                given_name asc,
                family_name asc
        ) as place

    from described
    where coalesce(given_name, family_name) is not null
    group by entity_key, given_name, family_name

),

addresses as (

    select
        entity_key,
        street,
        city,
        postal_code,
        row_number() over (
            partition by entity_key
            order by
                (count(street) > 0) and (count(postal_code) > 0) desc,
                count(*) desc,
                street asc,
                city asc,
                postal_code asc
        ) as place

    from described
    where coalesce(street, city, postal_code) is not null
    group by entity_key, street, city, postal_code

),

facts as (

    {% for fact in ['birth_date', 'email', 'phone', 'gender', 'occupation'] %}
    select entity_key, '{{ fact }}' as fact, {{ fact }} as value from described
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked_facts as (

    select
        entity_key,
        fact,
        value,
        row_number() over (
            partition by entity_key, fact
            order by count(*) desc, value asc
        ) as place

    from facts
    where value is not null
    group by entity_key, fact, value

),

chosen_facts as (

    select
        entity_key,
        max(case when fact = 'birth_date' then value end) as birth_date,
        max(case when fact = 'email' then value end) as email,
        max(
            case
                when fact = 'email'
                    then regexp_replace(split_part(value, '@', 1), '[._-]', '', 'g')
            end
        ) as mailbox,
        max(case when fact = 'phone' then value end) as phone,
        max(case when fact = 'gender' then value end) as gender,
        max(case when fact = 'occupation' then value end) as occupation

    from ranked_facts
    where place = 1
    group by entity_key

),

given_forms as (

    select
        given_name,
        {{ gathered('form') }} as given_forms

    from (
        select
            given_name,
            given_name as form
        from names

        union

        select
            nickname as given_name,
            given_name as form
        from {{ ref('nicknames') }}
    ) as forms
    group by given_name

),

compared as (

    select
        people.entity_key,
        names.given_name,
        names.family_name,
        given_forms.given_forms,
        chosen_facts.birth_date,
        addresses.street,
        addresses.city,
        addresses.postal_code,
        chosen_facts.email,
        -- What is made of the name alone, as namesakes' addresses are, tells no more.
        case
            when
                length(
                    replace(
                        replace(chosen_facts.mailbox, names.given_name, ''),
                        names.family_name,
                        ''
                    )
                ) > 1
                then chosen_facts.mailbox
        end as email_user,
        chosen_facts.phone,
        chosen_facts.gender,
        chosen_facts.occupation

    from (select distinct entity_key from described) as people
    left join names on people.entity_key = names.entity_key and names.place = 1
    left join given_forms on names.given_name = given_forms.given_name
    left join addresses
        on people.entity_key = addresses.entity_key and addresses.place = 1
    left join chosen_facts on people.entity_key = chosen_facts.entity_key

)

select
    *,
    least(given_name, family_name) || ' ' || greatest(given_name, family_name)
        as both_names,
    substr(given_name, 1, 1) as given_initial,
    substr(given_name, 1, 3) as given_start,
    substr(family_name, 1, 3) as family_start,
    substr(birth_date, 1, 4) as birth_year,
    substr(birth_date, 6) as birthday,
    {{ shares | join(',\n    ') }}

from compared
