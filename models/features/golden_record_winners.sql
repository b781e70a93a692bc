{{ config(materialized='sliced', unique_key='customer_id') }}

with

profiles as (

    select *
    from {{ with_customer(
        ref('core__current_profiles'), at='updated_at', by='customer_id'
    ) }} as profiles

),

identifiers as (

    select *
    from {{ with_customer(
        ref('identity_identifiers'), at='first_seen_at', by='customer_id'
    ) }} as identifiers
    where identifier_type in ('email', 'phone')

),

-- Contact points are taken from what identity holds valid, never from a raw profile.
candidates as (

    select
        profiles.customer_id,
        rules.attribute_group,
        profiles.record_key,
        profiles.source_system,
        profiles.updated_at as stated_at,
        profiles.deleted_at is null as is_live,
        case rules.attribute_group
            when 'name'
                then concat_ws(
                    ' ', profiles.given_name, profiles.middle_name,
                    coalesce(profiles.family_name, profiles.full_name)
                )
            when 'birth_date' then cast(profiles.birth_date as varchar)
            when 'gender' then profiles.gender
            when 'address'
                then concat_ws(
                    ', ',
                    profiles.street,
                    profiles.postal_code,
                    profiles.city,
                    profiles.region,
                    profiles.country_code
                )
            when 'work' then concat_ws(', ', profiles.job_title, profiles.company)
            when 'language' then profiles.language
            when 'time_zone' then profiles.time_zone
        end as value
    from profiles
    cross join {{ ref('survivorship_rules') }} as rules

    union all

    select
        customer_id,
        identifier_type as attribute_group,
        record_key,
        split_part(record_key, ':', 1) as source_system,
        last_seen_at as stated_at,
        true as is_live,
        identifier_value as value
    from identifiers

),

measured as (

    select
        *,
        count(*) over (
            partition by customer_id, attribute_group, lower(value)
        ) as times_stated
    from candidates
    where customer_id is not null and value <> ''

),

scored as (

    select
        {%- for rule in ('first_rule', 'second_rule', 'third_rule') %}
        rules.{{ rule }},
        case rules.{{ rule }}
            when 'trusted_system'
                then -coalesce(
                    nullif(position(
                        '|' || measured.source_system || '|'
                        in '|' || rules.trusted_systems || '|'
                    ), 0),
                    1000
                )
            when 'most_recent' then {{ epoch_seconds('measured.stated_at') }}
            when 'most_frequent' then measured.times_stated
            when 'longest' then length(measured.value)
        end as {{ rule }}_score,
        {%- endfor %}
        measured.*
    from measured
    inner join {{ ref('survivorship_rules') }} as rules
        on measured.attribute_group = rules.attribute_group

),

ranked as (

    select
        *,
        row_number() over ranking as place,
        lead(is_live) over ranking as next_is_live,
        lead(first_rule_score) over ranking as next_first_rule_score,
        lead(second_rule_score) over ranking as next_second_rule_score,
        lead(third_rule_score) over ranking as next_third_rule_score
    from scored
    window ranking as (
        partition by customer_id, attribute_group
        order by
            is_live desc,
            first_rule_score desc nulls last,
            second_rule_score desc nulls last,
            third_rule_score desc nulls last,
            record_key asc,
            value asc
    )

)

select
    customer_id,
    attribute_group,
    record_key,
    value,
    stated_at,
    case
        when next_is_live is null then 'only_value'
        when is_live <> next_is_live then 'not_deleted'
        {%- for rule in ('first_rule', 'second_rule', 'third_rule') %}
        when ({{ rule }}_score is distinct from next_{{ rule }}_score)
            then {{ rule }}
        {%- endfor %}
        else 'record_key'
    end as rule
from ranked
where place = 1
