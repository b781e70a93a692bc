{#- Append-only state: no number is given twice, so it outlives --full-refresh. -#}
{{ config(
    alias='record_registry',
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
) }}

with

sightings as (

    select
        record_key,
        source_row,
        identifier_type in ('anonymous_id', 'device_id')
        and identifier_value = record_id as is_device

    from {{ ref('core__identifiers') }}

    union all

    select
        record_key,
        source_row,
        false as is_device
    from {{ ref('core__profiles') }}

    union all

    select
        device_record_key as record_key,
        source_row,
        true as is_device
    from {{ ref('core__device_observations') }}

    union all

    select
        record_key,
        source_row,
        false as is_device
    from {{ ref('core__device_observations') }}

),

records as (

    select
        record_key,
        min(source_row) as first_source_row,
        bool_or(is_device) as is_device

    from sightings
    where record_key is not null
    group by record_key

),

new_records as (

    select records.*
    from records
    {% if is_incremental() -%}
    left join {{ this }} as registry on records.record_key = registry.record_key
    where registry.record_key is null
    {% endif %}

)

select
    record_key,
    cast(
        row_number() over (order by first_source_row nulls last, record_key)
        {%- if is_incremental() %}
        + (select coalesce(max(record_seq), 0) from {{ this }})
        {%- endif %}
        as bigint
    ) as record_seq,
    first_source_row,
    coalesce(is_device, false) as is_device,
    {{ run_moment() }} as registered_at

from new_records
