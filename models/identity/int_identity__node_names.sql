{{ config(materialized='sliced', unique_key='node_key') }}

with

stated as (

    select distinct
        nodes.node_key,
        nodes.record_key,
        descriptions.given_name,
        descriptions.family_name,
        descriptions.birth_date

    from {{ sliced(
        ref('int_identity__nodes'),
        by='node_key',
        reached_by=[(ref('int_identity__descriptions'), 'record_key', 'record_key')]
    ) }} as nodes
    inner join {{ ref('int_identity__descriptions') }} as descriptions
        on nodes.record_key = descriptions.record_key
    where descriptions.given_name is not null

),

shared_nodes as (

    select node_key
    from stated
    group by node_key
    having count(distinct given_name) > 1 or count(distinct birth_date) > 1

),

shared as (

    select stated.*
    from stated
    inner join shared_nodes on stated.node_key = shared_nodes.node_key

),

-- Father and son of one name.
namesakes as (

    select distinct
        one.node_key,
        one.given_name
    from shared as one
    inner join shared as other
        on one.node_key = other.node_key and one.given_name = other.given_name
    where not {{ may_be_one_birth_date('one.birth_date', 'other.birth_date') }}

),

birth_dates as (

    select
        shared.node_key,
        shared.given_name,
        shared.birth_date,
        row_number() over (
            partition by shared.node_key, shared.given_name
            order by count(distinct shared.record_key) desc, shared.birth_date asc
        ) as place

    from shared
    inner join namesakes
        on
            shared.node_key = namesakes.node_key
            and shared.given_name = namesakes.given_name
    where shared.birth_date is not null
    group by shared.node_key, shared.given_name, shared.birth_date

)

-- Who of them states no birth date goes with the one whom most records tell of.
select distinct
    shared.node_key,
    shared.record_key,
    case
        when usual.birth_date is null then shared.given_name
        else concat(
            shared.given_name,
            ' ',
            cast(coalesce(shared.birth_date, usual.birth_date) as varchar)
        )
    end as name,
    shared.given_name,
    shared.family_name,
    coalesce(shared.birth_date, usual.birth_date) as birth_date

from shared
left join birth_dates as usual
    on
        shared.node_key = usual.node_key
        and shared.given_name = usual.given_name
        and usual.place = 1
