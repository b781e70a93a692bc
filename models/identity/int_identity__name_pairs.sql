{{ config(materialized='sliced', unique_key='node_key') }}

with

stated as (

    select * from {{ sliced(ref('int_identity__node_names'), by='node_key') }}

),

names as (

    select distinct
        node_key,
        name,
        given_name,
        family_name,
        birth_date

    from stated

),

nicknames as (

    select * from {{ ref('nicknames') }}

),

-- What a name may be short for, itself among it.
forms as (

    select distinct
        given_name,
        given_name as form
    from names

    union

    select
        nickname as given_name,
        given_name as form
    from nicknames

),

formed as (

    select distinct
        names.node_key,
        names.name,
        names.birth_date,
        forms.form

    from names
    inner join forms on names.given_name = forms.given_name

)

select
    one.node_key,
    one.name,
    other.name as other_name

from formed as one
inner join formed as other
    on one.node_key = other.node_key and one.form = other.form
where {{ may_be_one_birth_date('one.birth_date', 'other.birth_date') }}

union

select
    one.node_key,
    one.name,
    other.name as other_name

from names as one
inner join names as other on one.node_key = other.node_key
where
    {{ may_be_one_birth_date('one.birth_date', 'other.birth_date') }}
    and (
        {{ may_be_one_given_name('one.given_name', 'other.given_name') }}
        -- A form that asks for the names in the other order.
        or one.given_name = other.family_name
        or other.given_name = one.family_name
    )

union

-- A record that was mended says itself that both are one.
select
    one.node_key,
    one.name,
    other.name as other_name

from stated as one
inner join stated as other
    on
        one.node_key = other.node_key
        and one.record_key = other.record_key
        and one.given_name = other.given_name
