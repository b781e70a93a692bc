with

stated as (

    select
        record_key,
        identifier_type,
        coalesce(namespace, '') as namespace,
        identifier_value,
        is_verified,
        seen_at,
        false as is_derived

    from {{ ref('core__identifiers') }}
    where nullif(trim(identifier_value), '') is not null

),

-- One hash per address and record: a source that knows only the hash meets the others.
hashed as (

    select
        record_key,
        'email_sha256' as identifier_type,
        '' as namespace,
        {{ sha256_hex('identifier_value') }} as identifier_value,
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
    coalesce(bool_or(is_verified), false) as is_verified,
    bool_and(is_derived) as is_derived,
    count(*) as times_seen,
    min(seen_at) as first_seen_at,
    max(seen_at) as last_seen_at

from united
group by record_key, identifier_type, namespace, identifier_value
