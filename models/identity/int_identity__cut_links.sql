{{ config(materialized='view') }} {#- a filter over tables that are there already -#}

with

shared_in_family as (

    select distinct
        node_key,
        group_count
    from {{ ref('int_identity__name_groups') }}

),

cut as (

    select
        *,
        case
            when value_group like 'cannot_link|%' then 'cannot_link'
            else 'too_many_values'
        end as rejection_reason,
        -- Whose words a steward kept apart is told by the decision, not here.
        case
            when value_group not like 'cannot_link|%' then value_group
        end as limited_type

    from {{ ref('int_identity__contested_links') }}
    where is_cut

)

select
    record_key,
    identifier_type,
    namespace,
    identifier_value,
    rejection_reason,
    record_count,
    people_count,
    times_seen,
    first_seen_at,
    last_seen_at,
    cast(null as varchar) as kept_by_record_key,
    cast(null as varchar) as limited_type,
    cast(null as bigint) as value_count,
    cast(null as bigint) as max_values

from {{ ref('int_identity__rejected_identifiers') }}

union all

select
    nodes.record_key,
    nodes.identifier_type,
    nodes.namespace,
    nodes.identifier_value,
    'shared_in_family' as rejection_reason,
    count(*) over (partition by nodes.node_key) as record_count,
    shared_in_family.group_count as people_count,
    nodes.times_seen,
    nodes.first_seen_at,
    nodes.last_seen_at,
    cast(null as varchar) as kept_by_record_key,
    cast(null as varchar) as limited_type,
    cast(null as bigint) as value_count,
    cast(null as bigint) as max_values

from {{ ref('int_identity__nodes') }} as nodes
inner join shared_in_family on nodes.node_key = shared_in_family.node_key

union all

select
    links.record_key,
    coalesce(links.identifier_type, links.relation, links.link_type)
        as identifier_type,
    coalesce(links.namespace, '') as namespace,
    coalesce(links.identifier_value, links.stated_record_key) as identifier_value,
    cut.rejection_reason,
    cast(null as bigint) as record_count,
    cast(null as bigint) as people_count,
    links.times_seen,
    links.first_seen_at,
    links.last_seen_at,
    cut.holder_record_key as kept_by_record_key,
    cut.limited_type,
    cut.value_count,
    cut.max_values

from cut
inner join {{ ref('int_identity__links') }} as links
    on cut.record_key = links.record_key and cut.node_key = links.node_key

union all

select
    record_key,
    'match' as identifier_type,
    '' as namespace,
    holder_record_key as identifier_value,
    'too_many_values' as rejection_reason,
    cast(null as bigint) as record_count,
    cast(null as bigint) as people_count,
    1 as times_seen,
    cast(null as timestamp) as first_seen_at,
    cast(null as timestamp) as last_seen_at,
    holder_record_key as kept_by_record_key,
    value_group as limited_type,
    value_count,
    max_values

from {{ ref('int_identity__contested_matches') }}
where is_cut
