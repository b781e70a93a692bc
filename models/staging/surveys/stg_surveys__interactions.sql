{{ config(materialized='tracked') }} {#- core__interactions is read by slices -#}

with

responses as (

    select * from {{ ref('stg_surveys__responses') }}

)

select
    'surveys:response:' || response_id as interaction_id,
    {{ record_key('surveys', 'respondent', 'respondent_key') }} as record_key,
    'surveys' as source_system,
    answered_at as occurred_at,
    'inbound' as direction,
    channel,
    'survey_answered' as interaction_type,
    survey_name as subject,
    comment as body,
    {{ json_object({
        'survey_type': 'survey_type',
        'score': 'score',
        'order_number': 'order_number',
        'ticket_id': 'ticket_id',
    }) }} as attributes,
    {{ unstated_columns('interactions', [
        'device_record_key', 'product_key', 'order_key', 'campaign_key', 'url',
        'referrer', 'utm_source', 'utm_medium', 'utm_campaign', 'click_id', 'latitude',
        'longitude',
    ]) }}
from responses
where answered_at is not null
