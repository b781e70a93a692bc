with

tickets as (

    select * from {{ ref('stg_service_desk__tickets') }}

),

steps as (

    select
        *,
        opened_at as occurred_at,
        'inbound' as direction,
        'ticket_opened' as interaction_type

    from tickets

    union all

    select
        *,
        solved_at as occurred_at,
        'outbound' as direction,
        'ticket_solved' as interaction_type

    from tickets
    where solved_at is not null

)

select
    ticket_key || ':' || interaction_type as interaction_id,
    record_key,
    'service_desk' as source_system,
    occurred_at,
    direction,
    channel,
    interaction_type,
    subject,
    {{ customer360.unstated_columns('interactions', [
        'device_record_key', 'body', 'product_key', 'order_key', 'campaign_key', 'url',
        'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'latitude',
        'longitude', 'attributes',
    ]) }}
from steps
