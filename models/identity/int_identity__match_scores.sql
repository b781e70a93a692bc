{{ config(materialized='view') }} {#- sums over a table that is there already -#}
{%- set model = match_model(ref('int_identity__match_weights')) -%}
{%- set columns = match_columns(model) -%}

with

weighed as (

    select
        levels.*,
        {{ columns.weights | join(',\n        ') }}

    from {{ ref('int_identity__match_levels') }} as levels
    inner join {{ ref('int_identity__match_profiles') }} as profiles
        on levels.one_entity_key = profiles.entity_key

),

prior as (

    select
        has_families,
        {{ model.settings.matches_per_entity }} + weight_of_one_match as prior_weight

    from {{ ref('int_identity__match_prior') }}

)

select
    one_entity_key,
    other_entity_key,
    {%- for name in columns.names %}
    {{ name }}_level,
    {{ name }}_weight,
    {%- endfor %}
    has_families,
    prior_weight,
    prior_weight + {{ columns.total }} as match_weight

from weighed
cross join prior
