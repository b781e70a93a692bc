{{ config(materialized='average_linkage') }}
{%- do match_model() %} {#- which the materialization reads -#}

with

scores as (

    select * from {{ ref('int_identity__match_scores') }}

),

links as (

    select * from {{ ref('int_identity__match_links') }}

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
    coalesce(scores.one_entity_key, links.one_entity_key) as entity_key,
    coalesce(scores.other_entity_key, links.other_entity_key) as other_entity_key,
    coalesce(scores.match_weight, 0) as weight,
    links.conflict is not null as is_forbidden

from scores
full outer join links
    on
        scores.one_entity_key = links.one_entity_key
        and scores.other_entity_key = links.other_entity_key
