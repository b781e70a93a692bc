{%- set model = match_model() -%}

with

likely as (

    select * from {{ ref('int_identity__match_likely') }}

),

conflicts as (

    select * from {{ ref('int_identity__match_conflicts') }}

)

select
    coalesce(likely.one_entity_key, conflicts.one_entity_key) as one_entity_key,
    coalesce(likely.other_entity_key, conflicts.other_entity_key) as other_entity_key,
    likely.match_weight,
    1 / (1 + power(2, -likely.match_weight)) as match_probability,
    {{ match_in_words(model) }} as explanation,
    conflicts.conflict,
    case
        when conflicts.conflict is not null then 'refused'
        when likely.match_weight >= {{ model.settings.accept or 0 }} then 'accepted'
        else 'queued'
    end as status

from likely
full outer join conflicts
    on
        likely.one_entity_key = conflicts.one_entity_key
        and likely.other_entity_key = conflicts.other_entity_key
