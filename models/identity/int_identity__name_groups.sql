with

pairs as (

    select * from {{ ref('int_identity__name_pairs') }}

),

-- A group is called by its first name. Names of one person are few, so a chain of them
-- is short, and three steps along it reach everybody.
nearest as (

    select
        node_key,
        given_name,
        min(other_name) as name_group

    from pairs
    group by node_key, given_name

),

farther as (

    select
        pairs.node_key,
        pairs.given_name,
        min(nearest.name_group) as name_group

    from pairs
    inner join nearest
        on
            pairs.node_key = nearest.node_key
            and pairs.other_name = nearest.given_name
    group by pairs.node_key, pairs.given_name

),

grouped as (

    select
        pairs.node_key,
        pairs.given_name,
        min(farther.name_group) as name_group

    from pairs
    inner join farther
        on
            pairs.node_key = farther.node_key
            and pairs.other_name = farther.given_name
    group by pairs.node_key, pairs.given_name

),

sizes as (

    select
        grouped.node_key,
        grouped.name_group,
        count(distinct nodes.record_key) as record_count

    from grouped
    inner join {{ ref('int_identity__nodes') }} as nodes
        on grouped.node_key = nodes.node_key
    inner join {{ ref('int_identity__descriptions') }} as descriptions
        on
            nodes.record_key = descriptions.record_key
            and grouped.given_name = descriptions.given_name
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
    grouped.given_name,
    grouped.name_group,
    ranked.group_count,
    ranked.place = 1 and ranked.equals = 1 as is_largest

from grouped
inner join ranked
    on
        grouped.node_key = ranked.node_key
        and grouped.name_group = ranked.name_group
where ranked.group_count > 1
