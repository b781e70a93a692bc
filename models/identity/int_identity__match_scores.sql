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

-- Do people of this data live in families? Then two under one roof who differ in name
-- and birth date are relatives, and there are many. If not, nobody differs in both.
families as (

    select
        count(case when {{ match_relation('relatives') }} then 1 end)
        > 0.05 * count(case when {{ match_relation('one') }} then 1 end) as are_there

    from compared

),

-- Of two entities taken at random, how likely are they one? The fewer, the more likely;
-- and among families, where some look alike who are two, the less.
base as (

    select
        families.are_there as has_families,
        {{ model.settings.matches_per_entity }}
        - log2(greatest((select count(*) from profiles) - 1, 1))
        + case when families.are_there then {{ model.settings.families }} else 0 end
            as prior_weight

    from families

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
cross join base
