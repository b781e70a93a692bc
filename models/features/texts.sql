with

tickets as (

    select
        ticket_key as text_key,
        'ticket' as kind,
        record_key,
        opened_at as said_at,
        concat_ws('. ', subject, body) as body,
        cast(null as varchar) as stated_label
    from {{ ref('core__tickets') }}

),

answers as (

    select
        *,
        (score - scale_min) / nullif(scale_max - scale_min, 0) as share_of_scale
    from {{ ref('core__survey_responses') }}

),

comments as (

    select
        response_key as text_key,
        'survey' as kind,
        record_key,
        answered_at as said_at,
        comment as body,
        case
            when survey_type = 'nps'
                then case {{ nps_group('score') }}
                    when 'promoter' then 'positive'
                    when 'passive' then 'neutral'
                    when 'detractor' then 'negative'
                end
            when survey_type = 'csat' and share_of_scale >= 0.75 then 'positive'
            when survey_type = 'csat' and share_of_scale > 0.25 then 'neutral'
            when survey_type = 'csat' and share_of_scale is not null then 'negative'
        end as stated_label
    from answers

),

posts as (

    select
        interaction_id as text_key,
        case when interaction_type = 'reviewed' then 'review' else 'post' end as kind,
        record_key,
        occurred_at as said_at,
        concat_ws('. ', subject, body) as body,
        cast(null as varchar) as stated_label
    from {{ ref('core__interactions') }}
    where
        direction = 'inbound'
        and interaction_type in ('posted', 'mentioned', 'commented', 'reviewed')

),

texts as (

    select * from tickets
    union all
    select * from comments
    union all
    select * from posts

)

select
    text_key,
    kind,
    record_key,
    said_at,
    body,
    stated_label
from texts
where trim(body) <> ''
