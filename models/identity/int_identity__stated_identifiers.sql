{{ config(materialized='sliced', unique_key='record_key') }}

with

stated as (

    select
        record_key,
        identifier_type,
        coalesce(namespace, '') as namespace,
        identifier_value,
        case
            when identifier_type = 'email' then {{ sha256_hex('identifier_value') }}
            else identifier_value
        end as value_slice,
        is_verified,
        seen_at,
        false as is_derived

    from {{ sliced(ref('core__identifiers'), by='record_key') }}
    where nullif(trim(identifier_value), '') is not null

),

-- One hash per address and record: a source that knows only the hash meets the others.
hashed as (

    select
        record_key,
        'email_sha256' as identifier_type,
        '' as namespace,
        value_slice as identifier_value,
        value_slice,
        is_verified,
        seen_at,
        true as is_derived

    from stated
    where identifier_type = 'email'

),

united as (

    select * from stated
    union all
    select * from hashed

)

select
    record_key,
    identifier_type,
    namespace,
    identifier_value,
    value_slice,
    coalesce(bool_or(is_verified), false) as is_verified,
    bool_and(is_derived) as is_derived,
    count(*) as times_seen,
    min(seen_at) as first_seen_at,
    max(seen_at) as last_seen_at

from united
group by record_key, identifier_type, namespace, identifier_value, value_slice
