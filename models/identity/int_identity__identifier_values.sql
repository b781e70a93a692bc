{{ config(materialized='sliced', unique_key='value_slice') }}

with

stated as (

    select *
    from {{ sliced(
        ref('int_identity__stated_identifiers'),
        by='value_slice',
        reached_by=[(ref('int_identity__descriptions'), 'record_key', 'record_key')]
    ) }}

),

rules as (

    select * from {{ ref('identity_rules') }}

),

blocked as (

    select * from {{ ref('blocked_identifiers') }}

),

descriptions as (

    select * from {{ ref('int_identity__descriptions') }}

),

described as (

    select
        stated.identifier_type,
        stated.namespace,
        stated.identifier_value,
        stated.value_slice,
        count(distinct stated.record_key) as record_count,
        count(distinct descriptions.given_name) as given_name_count,
        count(distinct descriptions.family_name) as family_name_count,
        count(distinct descriptions.birth_date) as birth_date_count

    from stated
    left join descriptions on stated.record_key = descriptions.record_key
    group by
        stated.identifier_type,
        stated.namespace,
        stated.identifier_value,
        stated.value_slice

),

-- Nicknames and scripts give one person several given names, a family shares the other:
-- strangers differ in both.
counted as (

    select
        *,
        least(
            given_name_count,
            coalesce(nullif(family_name_count, 0), given_name_count)
        ) as people_count

    from described

),

blocked_values as (

    select distinct
        counted.identifier_type,
        counted.identifier_value

    from counted
    inner join blocked
        on
            counted.identifier_type = blocked.identifier_type
            and counted.identifier_value like blocked.pattern

),

judged as (

    select
        counted.*,
        case
            when rules.identifier_type is null then 'unknown_type'
            when counted.identifier_value not like rules.pattern then 'malformed'
            when blocked_values.identifier_value is not null then 'blocked'
            when counted.people_count > rules.max_people_per_value
                then 'too_many_people'
            when
                counted.given_name_count > 1
                and counted.birth_date_count > rules.max_birth_dates_per_value
                then 'different_people'
        end as rejection_reason

    from counted
    left join rules on counted.identifier_type = rules.identifier_type
    left join blocked_values
        on
            counted.identifier_type = blocked_values.identifier_type
            and counted.identifier_value = blocked_values.identifier_value

),

blocked_hashes as (

    select value_slice as identifier_value
    from judged
    where identifier_type = 'email' and rejection_reason is not null

    union

    select {{ sha256_hex('pattern') }} as identifier_value
    from blocked
    where identifier_type = 'email' and replace(pattern, '%', '') = pattern

)

select
    judged.identifier_type,
    judged.namespace,
    judged.identifier_value,
    judged.value_slice,
    judged.record_count,
    judged.people_count,
    judged.birth_date_count,
    case
        when judged.rejection_reason is not null then judged.rejection_reason
        when blocked_hashes.identifier_value is not null then 'blocked'
    end as rejection_reason

from judged
left join blocked_hashes
    on
        judged.identifier_type = 'email_sha256'
        and judged.identifier_value = blocked_hashes.identifier_value
