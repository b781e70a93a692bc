{{ config(materialized='sliced', unique_key='device_record_key') }}

{#- An alias call signs in the device that was known by the id used until then. -#}
{%- set observed_device -%}
coalesce(device_record_key, case when call_type = 'alias'
    then {{ record_key('segment', 'anonymous', 'previous_id') }} end)
{%- endset -%}

with

calls as (

    select * from {{ sliced(
        ref('stg_segment__events'), by=observed_device
    ) }}
    where user_id is not null and not is_bot

),

observed as (

    select
        {{ observed_device }} as device_record_key,
        record_key,
        occurred_at as observed_at,
        case
            when event_name = 'Signed Out' then 'logout'
            when call_type in ('identify', 'alias') or event_name = 'Signed In'
                then 'login'
            else 'seen'
        end as kind,
        message_id,
        source_row

    from calls

),

changes as (

    select
        *,
        {{ is_change(
            'device_record_key',
            ['record_key', "kind = 'logout'"],
            order_by='observed_at, message_id'
        ) }} as is_new_stretch

    from observed
    where device_record_key is not null

),

stretches as (

    select
        *,
        sum(case when is_new_stretch then 1 else 0 end) over (
            partition by device_record_key
            order by observed_at, message_id
            rows between unbounded preceding and current row
        ) as stretch

    from changes

)

select
    device_record_key,
    record_key,
    observed_at,
    kind,
    source_row
from stretches
qualify row_number() over (
    partition by device_record_key, stretch, kind
    order by observed_at, message_id
) = 1
