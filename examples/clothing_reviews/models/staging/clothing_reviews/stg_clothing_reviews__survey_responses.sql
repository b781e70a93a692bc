with

reviews as (

    select * from {{ customer360.raw_rows('clothing_reviews', 'reviews') }}

)

-- Stars are an answer to a scored question: how satisfied somebody is, from 1 to 5.
select
    'clothing_reviews:review:' || review_no as response_key,
    cast(null as varchar) as record_key,
    cast(null as timestamp) as answered_at,
    'csat' as survey_type,
    cast(rating as double) as score,
    cast(1 as double) as scale_min,
    cast(5 as double) as scale_max,
    'web' as channel,
    concat_ws('. ', title, review_text) as comment
from reviews
