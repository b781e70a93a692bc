{{ config(materialized='sliced', unique_key='record_key') }}

with

profiles as (

    select
        *,
        {{ only_name() }} as only_name
    from {{ sliced(ref('core__profiles'), by='record_key') }}

),

texts as (

    select given_name as stated from profiles
    union
    select family_name as stated from profiles
    union
    select only_name as stated from profiles
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

)

select
    profiles.record_key,
    coalesce(
        given.text, {{ name_in_full_name('given', 'whole.text') }}
    ) as given_name,
    coalesce(
        family.text, {{ name_in_full_name('family', 'whole.text') }}
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
left join folded as given on profiles.given_name = given.stated
left join folded as family on profiles.family_name = family.stated
left join folded as whole on profiles.only_name = whole.stated
left join folded as streets on profiles.street = streets.stated
left join folded as cities on profiles.city = cities.stated
left join folded as jobs on profiles.job_title = jobs.stated
