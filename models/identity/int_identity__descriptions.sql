{{ config(materialized='sliced', unique_key='record_key') }}

with

profiles as (

    select distinct
        record_key,
        given_name,
        family_name,
        {{ only_name() }} as only_name,
        birth_date,
        country_code,
        postal_code

    from {{ sliced(ref('core__profiles'), by='record_key') }}
    where record_key is not null

),

names as (

    select given_name as name from profiles
    union
    select family_name as name from profiles
    union
    select only_name as name from profiles

),

-- People share names: folding each name once is a tenth of folding each person's.
folded as (

    select
        name,
        {{ fold_name('name') }} as folded_name

    from names
    where name is not null

)

select distinct
    profiles.record_key,
    coalesce(
        given.folded_name, {{ name_in_full_name('given', 'whole.folded_name') }}
    ) as given_name,
    coalesce(
        family.folded_name, {{ name_in_full_name('family', 'whole.folded_name') }}
    ) as family_name,
    profiles.birth_date,
    profiles.country_code,
    profiles.postal_code

from profiles
left join folded as given on profiles.given_name = given.name
left join folded as family on profiles.family_name = family.name
left join folded as whole on profiles.only_name = whole.name
