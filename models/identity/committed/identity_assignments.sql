{#- Kept state: who was whom, and when we knew it, cannot be computed again. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='scd2',
    unique_key=['record_key', 'valid_from'],
    full_refresh=false,
) }}

{%- set assignment -%}
    record_key,
    valid_from,
    valid_to,
    customer_id,
    link_type,
    confidence,
    is_identified
{%- endset %}

with

proposed as (

    select
        {{ assignment }}

    from {{ ref('int_identity__assignments_next') }}

),

{%- if is_incremental() %}

current_assignments as (

    select
        {{ assignment }}

    from {{ this }}
    where committed_to is null

),

opened as (

    select * from proposed
    except
    select * from current_assignments

),

closed as (

    select * from current_assignments
    except
    select * from proposed

),

{%- else %}

opened as (

    select * from proposed

),

{%- endif %}

changes as (

    select
        *,
        cast(null as timestamp) as committed_to

    from opened
    {%- if is_incremental() %}

    union all

    select
        *,
        {{ run_moment() }} as committed_to

    from closed
    {%- endif %}

)

select
    {{ assignment }},
    {{ run_moment() }} as committed_from,
    committed_to,
    '{{ invocation_id }}' as run_id

from changes
