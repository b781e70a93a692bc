{{ config(materialized='tracked') }} {#- core__interactions is read by slices -#}

with

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

steps as (

    select
        ticket_key || ':opened' as interaction_id,
        record_key,
        opened_at as occurred_at,
        'inbound' as direction,
        channel,
        'ticket_opened' as interaction_type,
        subject,
        body

    from tickets

    union all

    select
        ticket_key || ':solved' as interaction_id,
        record_key,
        solved_at as occurred_at,
        'outbound' as direction,
        channel,
        'ticket_solved' as interaction_type,
        subject,
        null as body

    from tickets
    where solved_at is not null

)

select
    *,
    'zendesk' as source_system,
    {{ unstated_columns('interactions', [
        'device_record_key', 'product_key', 'order_key', 'campaign_key', 'url',
        'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'latitude',
        'longitude', 'attributes',
    ]) }}
from steps
