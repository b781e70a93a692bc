{{ config(materialized='sliced', unique_key='value_slice') }}

with

stated as (

    select *
    from {{ sliced(ref('int_identity__stated_identifiers'), by='value_slice') }}

),

judged as (

    select *
    from {{ sliced(ref('int_identity__identifier_values'), by='value_slice') }}

)

select
    stated.record_key,
    stated.identifier_type,
    stated.namespace,
    stated.identifier_value,
    stated.value_slice,
    judged.rejection_reason,
    judged.record_count,
    judged.people_count,
    stated.times_seen,
    stated.first_seen_at,
    stated.last_seen_at

from stated
inner join judged
    on
        stated.identifier_type = judged.identifier_type
        and stated.namespace = judged.namespace
        and stated.identifier_value = judged.identifier_value
where judged.rejection_reason is not null
