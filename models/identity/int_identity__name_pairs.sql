with

nodes as (

    select distinct
        node_key,
        record_key
    from {{ ref('int_identity__nodes') }}

),

descriptions as (

    select distinct
        record_key,
        given_name,
        family_name
    from {{ ref('int_identity__descriptions') }}
    where given_name is not null

),

stated as (

    select
        nodes.node_key,
        nodes.record_key,
        descriptions.given_name,
        descriptions.family_name

    from nodes
    inner join descriptions on nodes.record_key = descriptions.record_key

),

shared_nodes as (

    select node_key
    from stated
    group by node_key
    having count(distinct given_name) > 1

),

names as (

    select distinct
        stated.node_key,
        stated.given_name,
        stated.family_name

    from stated
    inner join shared_nodes on stated.node_key = shared_nodes.node_key

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
        names.given_name,
        forms.form

    from names
    inner join forms on names.given_name = forms.given_name

)

select
    one.node_key,
    one.given_name,
    other.given_name as other_name

from formed as one
inner join formed as other
    on one.node_key = other.node_key and one.form = other.form

union

select
    one.node_key,
    one.given_name,
    other.given_name as other_name

from names as one
inner join names as other on one.node_key = other.node_key
where
    {{ may_be_one_given_name('one.given_name', 'other.given_name') }}
    -- A form that asks for the names in the other order.
    or one.given_name = other.family_name
    or other.given_name = one.family_name
