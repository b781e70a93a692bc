{{ config(materialized='sliced', unique_key='value_slice') }}

with

identifiers as (

    select *
    from {{ sliced(
        ref('int_identity__identifiers'),
        by='value_slice',
        reached_by=[(ref('int_identity__people'), 'record_key', 'record_key')]
    ) }}

),

stated_hashes as (

    select distinct identifier_value
    from identifiers
    where identifier_type = 'email_sha256' and not is_derived

)

select
    identifiers.record_key,
    identifiers.identifier_type,
    identifiers.namespace,
    identifiers.identifier_value,
    identifiers.value_slice,
    concat(
        identifiers.identifier_type,
        '|',
        identifiers.namespace,
        '|',
        case
            when identifiers.identifier_type = 'email'
                then {{ email_key('identifiers.identifier_value') }}
            else identifiers.identifier_value
        end
    ) as node_key,
    rules.priority,
    identifiers.is_verified,
    identifiers.times_seen,
    identifiers.first_seen_at,
    identifiers.last_seen_at

from identifiers
inner join {{ ref('identity_rules') }} as rules
    on identifiers.identifier_type = rules.identifier_type
inner join {{ ref('int_identity__people') }} as people
    on identifiers.record_key = people.record_key
left join stated_hashes
    on identifiers.identifier_value = stated_hashes.identifier_value
where
    rules.joins_records
    -- Where nobody states a hash, the address alone says the same at half the cost.
    and (
        not identifiers.is_derived
        or stated_hashes.identifier_value is not null
    )
