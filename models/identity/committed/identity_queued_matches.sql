{{ config(materialized='view') }} {#- a filter over a table that is there already -#}

with

registry as (

    select * from {{ ref('int_identity__record_registry') }}

)

select
    one.record_key,
    other.record_key as other_record_key,
    links.match_probability,
    coalesce(links.conflict, links.status) as reason

from {{ ref('int_identity__match_links') }} as links
inner join registry as one on links.one_entity_key = one.record_seq
inner join registry as other on links.other_entity_key = other.record_seq
where
    links.status = 'queued'
    -- Alike in all but what a person has one of, or in all but what nobody stated.
    or (
        links.conflict in ('unique_identifiers', 'namesakes')
        and links.match_weight is not null
    )
