{{ config(materialized='tracked') }} {#- days of customers are made by slices -#}

with

responses as (

    select * from {{ ref('stg_surveys__responses') }}

)

select
    'surveys:response:' || response_id as response_key,
    {{ record_key('surveys', 'respondent', 'respondent_key') }} as record_key,
    answered_at,
    survey_type,
    score,
    scale_min,
    scale_max,
    channel,
    comment
from responses
where
    answered_at is not null
    and score is not null
