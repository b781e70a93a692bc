{{ config(materialized='sliced', unique_key='node_key') }}

with

pairs as (

    select * from {{ sliced(ref('int_identity__name_pairs'), by='node_key') }}

),

stated as (

    select * from {{ sliced(ref('int_identity__node_names'), by='node_key') }}

),

-- A group is called by its first name. Names of one person are few, so a chain of them
-- is short, and three steps along it reach everybody.
nearest as (

    select
        node_key,
        name,
        min(other_name) as name_group

    from pairs
    group by node_key, name

),

farther as (

    select
        pairs.node_key,
        pairs.name,
        min(nearest.name_group) as name_group

    from pairs
    inner join nearest
        on
            pairs.node_key = nearest.node_key
            and pairs.other_name = nearest.name
    group by pairs.node_key, pairs.name

),

grouped as (

    select
        pairs.node_key,
        pairs.name,
        min(farther.name_group) as name_group

    from pairs
    inner join farther
        on
            pairs.node_key = farther.node_key
            and pairs.other_name = farther.name
    group by pairs.node_key, pairs.name

),

sizes as (

    select
        grouped.node_key,
        grouped.name_group,
        count(distinct stated.record_key) as record_count

    from grouped
    inner join stated
        on grouped.node_key = stated.node_key and grouped.name = stated.name
    group by grouped.node_key, grouped.name_group

),

ranked as (

    select
        *,
        count(*) over (partition by node_key) as group_count,
        rank() over (partition by node_key order by record_count desc) as place,
        count(*) over (partition by node_key, record_count) as equals

    from sizes

)

select
    grouped.node_key,
    grouped.name,
    grouped.name_group,
    ranked.group_count,
    ranked.place = 1 and ranked.equals = 1 as is_largest

from grouped
inner join ranked
    on
        grouped.node_key = ranked.node_key
        and grouped.name_group = ranked.name_group
where ranked.group_count > 1
