{{ config(materialized='tracked') }} {#- days of customers are made by slices -#}

with

ratings as (

    select * from {{ ref('stg_zendesk__satisfaction_ratings') }}
    where score in ('good', 'bad')

)

select
    'zendesk:satisfaction_rating:' || rating_id as response_key,
    {{ record_key('zendesk', 'user', 'requester_id') }} as record_key,
    answered_at,
    'csat' as survey_type,
    -- Good or bad is a scale of two, so that good is its top after rescaling.
    case score when 'good' then 1 else 0 end as score,
    0 as scale_min,
    1 as scale_max,
    comment,
    {{ unstated_columns('survey_responses', ['channel']) }}
from ratings
