{%- set model = match_model() -%}
{%- set columns = match_columns(model) -%}
with

profiles as (

    select * from {{ ref('int_identity__match_profiles') }}

),

compared as (

    select
        pairs.one_entity_key,
        pairs.other_entity_key,
        {{ columns.levels | join(',\n        ') }},
        {{ columns.shares | join(',\n        ') }}

    from {{ ref('int_identity__match_pairs') }} as pairs
    inner join profiles as one on pairs.one_entity_key = one.entity_key
    inner join profiles as other on pairs.other_entity_key = other.entity_key

),

weighed as (

    select
        *,
        {{ columns.weights | join(',\n        ') }}

    from compared

),

-- Of two entities taken at random, how likely are they one? The fewer, the more likely.
base as (

    select
        {{ model.settings.matches_per_entity }}
        - log2(greatest(count(*) - 1, 1)) as prior_weight
    from profiles

)

select
    one_entity_key,
    other_entity_key,
    {%- for name in columns.names %}
    {{ name }}_level,
    {{ name }}_weight,
    {%- endfor %}
    prior_weight,
    prior_weight + {{ columns.total }} as match_weight

from weighed
cross join base
