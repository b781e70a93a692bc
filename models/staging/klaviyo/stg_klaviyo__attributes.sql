{{ config(materialized='sliced', unique_key='record_key') }}

with

profiles as (

    select * from {{ sliced(
        ref('stg_klaviyo__profile_versions'),
        by=record_key('klaviyo', 'profile', 'profile_id')
    ) }}
    where is_latest

),

properties as (

    select
        profile_id,
        updated_at,
        {{ json_entries('properties') }} as property

    from profiles

)

select
    {{ record_key('klaviyo', 'profile', 'profile_id') }} as record_key,
    trim(
        both '_' from regexp_replace(lower(property.key), '[^a-z0-9]+', '_', 'g')
    ) as name,
    property.value,
    updated_at as as_of
from properties
where nullif(trim(property.value), '') is not null

union all

-- A profile may say anything of itself; in which arm it is, only events say, with when.
select
    {{ record_key('klaviyo', 'profile', 'profile_id') }} as record_key,
    'experiment:' || {{ json_text('properties', 'Experiment') }} as name,
    {{ json_text('properties', 'Arm') }} as value,
    occurred_at as as_of
from {{ sliced(
    ref('stg_klaviyo__events'), by=record_key('klaviyo', 'profile', 'profile_id')
) }}
where metric_name = 'Assigned to Experiment'
