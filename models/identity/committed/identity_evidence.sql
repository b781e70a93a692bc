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

),

clusters as (

    select distinct
        entity_key,
        cluster_key
    from {{ ref('int_identity__clusters') }}

),

matches as (

    select matches.*
    from {{ ref('int_identity__match_links') }} as matches
    inner join clusters as one on matches.one_entity_key = one.entity_key
    inner join clusters as other on matches.other_entity_key = other.entity_key
    where matches.status = 'accepted' and one.cluster_key = other.cluster_key

),

-- An entity is spoken for by the record that bears its number. An end at a time: a join
-- by either of two columns would compare every match with every record.
matched as (
    {%- for end in ('one_entity_key', 'other_entity_key') %}

    select
        registry.record_key,
        concat('match|', matches.one_entity_key, '|', matches.other_entity_key)
            as evidence_key,
        matches.match_probability,
        matches.explanation

    from matches
    inner join {{ ref('int_identity__record_registry') }} as registry
        on matches.{{ end }} = registry.record_seq
    {{ 'union all' if not loop.last }}
    {%- endfor %}

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
    links.last_seen_at,
    cast(null as double) as match_probability,
    cast(null as varchar) as explanation

from links
where links.record_count > 1 or links.link_type <> 'identifier'

union all

select
    record_key,
    'match' as link_type,
    evidence_key,
    cast(null as varchar) as identifier_type,
    cast(null as varchar) as namespace,
    cast(null as varchar) as identifier_value,
    cast(null as varchar) as stated_record_key,
    'match' as relation,
    99 as priority,
    false as is_verified,
    1 as times_seen,
    cast(null as timestamp) as first_seen_at,
    cast(null as timestamp) as last_seen_at,
    match_probability,
    explanation

from matched
