{{ config(materialized='view') }}

with

likely as (

    select * from {{ ref('int_identity__match_likely') }}

),

rules as (

    select * from {{ ref('identity_rules') }}

),

unique_identifiers as (

    select distinct
        entities.entity_key,
        identifiers.identifier_type,
        identifiers.namespace,
        identifiers.identifier_value,
        rules.max_values_per_customer

    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join rules on identifiers.identifier_type = rules.identifier_type
    inner join {{ ref('int_identity__entities') }} as entities
        on identifiers.record_key = entities.record_key
    where rules.is_unique_to_person

),

ends as (

    select
        one_entity_key,
        other_entity_key,
        one_entity_key as entity_key
    from likely

    union all

    select
        one_entity_key,
        other_entity_key,
        other_entity_key as entity_key
    from likely

),

counted as (

    select
        ends.one_entity_key,
        ends.other_entity_key,
        count(distinct identifiers.identifier_value)
        > max(identifiers.max_values_per_customer) as are_too_many

    from ends
    inner join unique_identifiers as identifiers
        on ends.entity_key = identifiers.entity_key
    group by
        ends.one_entity_key,
        ends.other_entity_key,
        identifiers.identifier_type,
        identifiers.namespace

)

select distinct
    one_entity_key,
    other_entity_key
from counted
where are_too_many
