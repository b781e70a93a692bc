{%- set columns = match_columns(match_model()) -%}

with

profiles as (

    select * from {{ ref('int_identity__match_profiles') }}

)

select
    pairs.one_entity_key,
    pairs.other_entity_key,
    {{ columns.levels | join(',\n    ') }},
    {{ columns.shares | join(',\n    ') }}

from {{ ref('int_identity__match_pairs') }} as pairs
inner join profiles as one on pairs.one_entity_key = one.entity_key
inner join profiles as other on pairs.other_entity_key = other.entity_key
