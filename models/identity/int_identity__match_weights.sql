{{ config(materialized='expectation_maximisation') }}
{%- set model = match_model() -%}

with

patterns as (

    select
        patterns.*,
        base.entity_count,
        patterns.rarity_weight + base.weight_of_one_match as known_weight

    from {{ ref('int_identity__match_patterns') }} as patterns
    cross join {{ ref('int_identity__match_prior') }} as base

)

{% for name in model.comparisons %}
select
    pattern,
    pair_count,
    known_weight,
    entity_count,
    '{{ name }}' as comparison,
    {{ name }}_level as level
from patterns
where {{ name }}_level is not null

union all
{% endfor %}
select
    pattern,
    pair_count,
    known_weight,
    entity_count,
    'setting' as comparison,
    'matches_per_entity' as level
from patterns
