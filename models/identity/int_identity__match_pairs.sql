{{ config(materialized='tracked') }} {#- pairs are compared by slices -#}

with

profiles as (

    select * from {{ ref('int_identity__match_fields') }}

),

-- A number joins faster than the text it stands for; that two texts may have one number
-- costs a comparison and does no harm.
keys as (

    {%- for block in match_model().blocks %}
    {{ 'union all' if not loop.first }}
    select
        entity_key,
        {{ loop.index }} as rule,
        {{ block.max_entities }} as max_entities,
        {{ hash_number(block.fields) }} as block_key

    from profiles
    where {{ block.fields | join(' is not null and ') }} is not null
    {%- endfor %}

),

counted as (

    select
        entity_key,
        rule,
        block_key,
        max_entities,
        count(*) over (partition by rule, block_key) as entity_count

    from keys

),

blocks as (

    select
        entity_key,
        rule,
        block_key
    from counted
    where entity_count between 2 and max_entities

)

select distinct
    one.entity_key as one_entity_key,
    other.entity_key as other_entity_key

from blocks as one
inner join blocks as other
    on
        one.rule = other.rule
        and one.block_key = other.block_key
        and one.entity_key < other.entity_key
