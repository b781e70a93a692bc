{{ config(materialized='view') }} {#- a filter over a table that is there already -#}

with

cut as (

    select
        record_key,
        node_key
    from {{ ref('int_identity__contested_links') }}
    where is_cut

),

links as (

    select
        links.*,
        count(*) over (partition by links.node_key) as record_count

    from {{ ref('int_identity__links') }} as links
    left join cut
        on links.record_key = cut.record_key and links.node_key = cut.node_key
    where cut.record_key is null

)

select
    links.record_key,
    links.link_type,
    links.node_key as evidence_key,
    links.identifier_type,
    links.namespace,
    links.identifier_value,
    links.stated_record_key,
    links.relation,
    links.priority,
    links.is_verified,
    links.times_seen,
    links.first_seen_at,
    links.last_seen_at

from links
where links.record_count > 1 or links.link_type <> 'identifier'
