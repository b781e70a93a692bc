{#- Kept state: who was in a segment before is not in the data of today. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['segment_id', 'customer_id', 'member_since'],
    full_refresh=false,
) }}

with

members as (

    select * from {{ ref('segment_members') }}

),

known as (

    {%- if is_incremental() %}
    select
        segment_id,
        customer_id,
        member_since
    from {{ this }}
    where member_until is null
    {%- else %}
    select
        segment_id,
        customer_id,
        cast(null as timestamp) as member_since
    from members
    where false
    {%- endif %}

),

joined as (

    select
        members.segment_id,
        members.customer_id,
        cut_off.as_of as member_since,
        cast(null as timestamp) as member_until
    from members
    cross join {{ ref('core__as_of') }} as cut_off
    left join known
        on
            members.segment_id = known.segment_id
            and members.customer_id = known.customer_id
    where known.customer_id is null

),

left_since as (

    select
        known.segment_id,
        known.customer_id,
        known.member_since,
        greatest(cut_off.as_of, known.member_since) as member_until
    from known
    cross join {{ ref('core__as_of') }} as cut_off
    left join members
        on
            known.segment_id = members.segment_id
            and known.customer_id = members.customer_id
    where members.customer_id is null

)

select * from joined

union all

select * from left_since
