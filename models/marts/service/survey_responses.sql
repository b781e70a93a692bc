with

responses as (

    select
        *,
        (score - scale_min) / nullif(scale_max - scale_min, 0) as share_of_scale
    from {{ with_customer(ref('core__survey_responses'), at='answered_at') }}
        as responses

)

select
    responses.response_key,
    customer_id,
    is_excluded,
    record_key,
    answered_at,
    survey_type,
    channel,
    responses.score,
    scale_min,
    scale_max,
    share_of_scale,
    case when survey_type = 'nps' then {{ nps_group('responses.score') }} end
        as nps_group,
    -- Top two boxes of a scale from 1 to 5, whatever the scale that was asked on.
    case when survey_type = 'csat' then 1 + 4 * share_of_scale >= 4 end
        as is_satisfied,
    comment,
    sentiments.label as sentiment,
    sentiments.score as sentiment_score
from responses
left join {{ source('scores', 'text_sentiment') }} as sentiments
    on responses.response_key = sentiments.text_key
