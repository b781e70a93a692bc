with

said as (

    select
        cast(null as varchar) as audience_id,
        cast(null as varchar) as name,
        cast(null as varchar) as description,
        cast(null as varchar) as purpose,
        cast(null as varchar) as channel,
        cast(null as integer) as frequency_cap_contacts,
        cast(null as integer) as frequency_cap_days,
        cast(null as double) as control_share
    where false
    {%- for audience in audience_models() %}

    union all

    select
        '{{ audience.name }}' as audience_id,
        '{{ audience.title }}' as name,
        '{{ audience.description }}' as description,
        '{{ audience.purpose }}' as purpose,
        '{{ audience.channel }}' as channel,
        {{ audience.contacts or 'cast(null as integer)' }} as frequency_cap_contacts,
        {{ audience.days or 'cast(null as integer)' }} as frequency_cap_days,
        cast({{ audience.control_share }} as double) as control_share
    {%- endfor %}

),

sizes as (

    select
        audience_id,
        count(*) as customer_count,
        sum(case when standing = 'no_consent' then 1 else 0 end) as no_consent_count,
        sum(case when standing = 'suppressed' then 1 else 0 end) as suppressed_count,
        sum(case when standing = 'unreachable' then 1 else 0 end) as unreachable_count,
        sum(case when standing = 'capped' then 1 else 0 end) as capped_count,
        sum(case when standing = 'member' then 1 else 0 end) as member_count,
        sum(case when standing = 'member' and is_control then 1 else 0 end)
            as control_count
    from {{ ref('audience_candidates') }}
    group by audience_id

)

select
    said.audience_id,
    said.name,
    said.description,
    said.purpose,
    said.channel,
    said.frequency_cap_contacts,
    said.frequency_cap_days,
    said.control_share,
    cast(coalesce(sizes.customer_count, 0) as bigint) as customer_count,
    cast(coalesce(sizes.no_consent_count, 0) as bigint) as no_consent_count,
    cast(coalesce(sizes.suppressed_count, 0) as bigint) as suppressed_count,
    cast(coalesce(sizes.unreachable_count, 0) as bigint) as unreachable_count,
    cast(coalesce(sizes.capped_count, 0) as bigint) as capped_count,
    cast(coalesce(sizes.member_count, 0) as bigint) as member_count,
    cast(coalesce(sizes.control_count, 0) as bigint) as control_count
from said
left join sizes on said.audience_id = sizes.audience_id
