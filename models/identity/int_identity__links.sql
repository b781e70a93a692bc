with

identifiers as (

    select * from {{ ref('int_identity__identifiers') }}

),

rules as (

    select * from {{ ref('identity_rules') }}

),

registry as (

    select * from {{ ref('int_identity__record_registry') }}

),

stated_hashes as (

    select distinct identifier_value
    from identifiers
    where identifier_type = 'email_sha256' and not is_derived

),

-- Where nobody states a hash, the address alone says the same at half the cost.
joining_identifiers as (

    select
        identifiers.*,
        rules.priority

    from identifiers
    inner join rules on identifiers.identifier_type = rules.identifier_type
    left join stated_hashes
        on
            identifiers.is_derived
            and identifiers.identifier_value = stated_hashes.identifier_value
    where
        rules.joins_records
        and (
            not identifiers.is_derived
            or stated_hashes.identifier_value is not null
        )

),

statements as (

    select
        from_record_key as record_key,
        to_record_key as stated_record_key,
        min(relation) as relation,
        count(*) as times_seen,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at

    from {{ ref('core__record_links') }}
    where from_record_key <> to_record_key
    group by from_record_key, to_record_key

),

-- A record that no feed describes any more, as one merged away in a CRM, can still be
-- what two others point at, so only those known to be devices are kept out.
person_statements as (

    select statements.*
    from statements
    left join registry as stated_device
        on
            statements.stated_record_key = stated_device.record_key
            and stated_device.is_device
    where stated_device.record_key is null

),

united as (

    select
        record_key,
        'identifier' as link_type,
        identifier_type,
        namespace,
        identifier_value,
        cast(null as varchar) as stated_record_key,
        cast(null as varchar) as relation,
        concat(
            identifier_type,
            '|',
            namespace,
            '|',
            case
                when identifier_type = 'email' then {{ email_key('identifier_value') }}
                else identifier_value
            end
        ) as node_key,
        priority,
        is_verified,
        times_seen,
        first_seen_at,
        last_seen_at

    from joining_identifiers

    union all

    select
        record_key,
        'statement' as link_type,
        cast(null as varchar) as identifier_type,
        cast(null as varchar) as namespace,
        cast(null as varchar) as identifier_value,
        stated_record_key,
        relation,
        concat('record||', stated_record_key) as node_key,
        0 as priority,
        true as is_verified,
        times_seen,
        first_seen_at,
        last_seen_at

    from person_statements

)

select united.*
from united
inner join registry on united.record_key = registry.record_key
where not registry.is_device
