{{ config(materialized='average_linkage') }}
{%- do match_model() %} {#- which the materialization reads -#}

with

scores as (

    select * from {{ ref('int_identity__match_scores') }}

),

links as (

    select * from {{ ref('int_identity__match_links') }}

),

-- Only between those whom a link may join does it matter what was found.
linked as (

    select one_entity_key as entity_key
    from links
    where status = 'accepted'

    union

    select other_entity_key as entity_key
    from links
    where status = 'accepted'

),

weighed as (

    select
        scores.one_entity_key,
        scores.other_entity_key,
        scores.match_weight

    from scores
    inner join linked as one on scores.one_entity_key = one.entity_key
    inner join linked as other on scores.other_entity_key = other.entity_key

)

select
    record_key,
    entity_key,
    cast(null as bigint) as other_entity_key,
    cast(null as double) as weight,
    cast(null as boolean) as is_forbidden
from {{ ref('int_identity__entities') }}

union all

select
    cast(null as varchar) as record_key,
    coalesce(weighed.one_entity_key, links.one_entity_key) as entity_key,
    coalesce(weighed.other_entity_key, links.other_entity_key) as other_entity_key,
    coalesce(weighed.match_weight, 0) as weight,
    links.conflict is not null as is_forbidden

from weighed
full outer join links
    on
        weighed.one_entity_key = links.one_entity_key
        and weighed.other_entity_key = links.other_entity_key
