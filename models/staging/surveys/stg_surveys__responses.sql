{{ config(materialized='sliced', unique_key='response_id') }}

with

source as (

    select * from {{ raw_rows('surveys', 'responses', by='response_id') }}

),

cleaned as (

    select
        response_id,
        coalesce({{ sha256_hex('lower(trim(respondent_email))') }}, respondent_id)
            as respondent_key,
        {{ clean_email('respondent_email') }} as email,
        respondent_id as shop_customer_id,
        survey_name,
        lower(survey_type) as survey_type,
        score,
        scale_min,
        scale_max,
        nullif(trim(comment), '') as comment,
        {{ clean_language('language') }} as language,
        order_number,
        ticket_id,
        case lower(channel) when 'call' then 'phone' else lower(channel) end as channel,
        sent_at,
        answered_at,
        source_row,
        _loaded_at

    from source

)

select * from cleaned
