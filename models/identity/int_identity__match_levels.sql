{%- set pair = hash_number(['one_entity_key', 'other_entity_key']) -%}
{{ config(materialized='sliced', unique_key=pair) }}

with

pairs as (

    select *
    from {{ sliced(
        ref('int_identity__match_pairs'),
        by=pair,
        reached_by=[
            (ref('int_identity__match_fields'), 'entity_key', 'one_entity_key'),
            (ref('int_identity__match_fields'), 'entity_key', 'other_entity_key'),
        ]
    ) }}

),

fields as (

    select * from {{ ref('int_identity__match_fields') }}

)

select
    pairs.one_entity_key,
    pairs.other_entity_key,
    {{ match_columns(match_model()).levels | join(',\n    ') }}

from pairs
inner join fields as one on pairs.one_entity_key = one.entity_key
inner join fields as other on pairs.other_entity_key = other.entity_key
