{{ config(materialized='view') }} {#- a filter over a table that is there already -#}

with

shared as (

    select distinct
        node_key,
        group_count
    from {{ ref('int_identity__name_groups') }}

)

select
    rejected.record_key,
    rejected.identifier_type,
    rejected.namespace,
    rejected.identifier_value,
    rejected.rejection_reason,
    rejected.record_count,
    rejected.people_count,
    rejected.times_seen,
    rejected.first_seen_at,
    rejected.last_seen_at

from {{ ref('int_identity__rejected_identifiers') }} as rejected
inner join {{ ref('identity_rules') }} as rules
    on rejected.identifier_type = rules.identifier_type
where rules.joins_records

union all

select
    nodes.record_key,
    nodes.identifier_type,
    nodes.namespace,
    nodes.identifier_value,
    'shared_in_family' as rejection_reason,
    count(*) over (partition by nodes.node_key) as record_count,
    shared.group_count as people_count,
    nodes.times_seen,
    nodes.first_seen_at,
    nodes.last_seen_at

from {{ ref('int_identity__nodes') }} as nodes
inner join shared on nodes.node_key = shared.node_key
