{{ config(materialized='sliced', unique_key='value_key') }}

with

nodes as (

    select * from {{ sliced(ref('int_identity__nodes'), by='node_key') }}

),

name_groups as (

    select * from {{ sliced(ref('int_identity__name_groups'), by='node_key') }}

),

node_names as (

    select * from {{ sliced(ref('int_identity__node_names'), by='node_key') }}

),

-- Where a family shares a value, it joins the records of each of them on their own. A
-- record without a name goes with the one whom most records name.
record_groups as (

    select
        nodes.node_key,
        nodes.record_key,
        coalesce(
            min(named.name_group),
            max(case when name_groups.is_largest then name_groups.name_group end),
            ''
        ) as name_group

    from nodes
    inner join name_groups on nodes.node_key = name_groups.node_key
    left join node_names as stated
        on
            nodes.node_key = stated.node_key
            and nodes.record_key = stated.record_key
    left join name_groups as named
        on stated.node_key = named.node_key and stated.name = named.name
    group by nodes.node_key, nodes.record_key

),

united as (

    select
        nodes.record_key,
        'identifier' as link_type,
        nodes.identifier_type,
        nodes.namespace,
        nodes.identifier_value,
        cast(null as varchar) as stated_record_key,
        cast(null as varchar) as relation,
        case
            when record_groups.record_key is null then nodes.node_key
            else concat(nodes.node_key, '|', record_groups.name_group)
        end as node_key,
        nodes.node_key as value_key,
        nodes.priority,
        nodes.is_verified,
        nodes.times_seen,
        nodes.first_seen_at,
        nodes.last_seen_at

    from nodes
    left join record_groups
        on
            nodes.node_key = record_groups.node_key
            and nodes.record_key = record_groups.record_key

    union all

    select
        record_key,
        case when priority < 0 then 'steward' else 'statement' end as link_type,
        cast(null as varchar) as identifier_type,
        cast(null as varchar) as namespace,
        cast(null as varchar) as identifier_value,
        stated_record_key,
        relation,
        concat('record||', stated_record_key) as node_key,
        cast(null as varchar) as value_key,
        priority,
        true as is_verified,
        times_seen,
        first_seen_at,
        last_seen_at

    from {{ sliced(ref('int_identity__statements'), by='cast(null as varchar)') }}

)

select * from united
