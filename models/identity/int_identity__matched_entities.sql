{{ config(materialized='average_linkage') }}
{%- do match_model() %} {#- which the materialization reads -#}

with

scores as (

    select * from {{ ref('int_identity__match_scores') }}

),

links as (

    select * from {{ ref('int_identity__match_links') }}

),

linked as (

    select one_entity_key as entity_key
    from links
    where status = 'accepted'

    union

    select other_entity_key as entity_key
    from links
    where status = 'accepted'

),

-- What was found between two, and whether it forbids them; a conflict may be between
-- two that nobody compared.
found as (

    select
        coalesce(scores.one_entity_key, links.one_entity_key) as one_entity_key,
        coalesce(scores.other_entity_key, links.other_entity_key) as other_entity_key,
        coalesce(scores.match_weight, 0) as weight,
        links.conflict is not null as is_forbidden

    from scores
    full outer join links
        on
            scores.one_entity_key = links.one_entity_key
            and scores.other_entity_key = links.other_entity_key

)

select
    record_key,
    entity_key,
    cast(null as bigint) as other_entity_key,
    cast(null as double) as weight,
    cast(null as boolean) as is_forbidden
from {{ ref('int_identity__entities') }}

union all

-- Only between those whom an accepted link joins does it matter what was found.
select
    cast(null as varchar) as record_key,
    found.one_entity_key as entity_key,
    found.other_entity_key,
    found.weight,
    found.is_forbidden

from found
inner join linked as one on found.one_entity_key = one.entity_key
inner join linked as other on found.other_entity_key = other.entity_key
