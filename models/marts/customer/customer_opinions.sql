with

-- Of two answers at once, such as of one day, the lower counts.
answers as (

    select
        customer_id,
        count(*) as survey_answer_count,
        max(answered_at) as last_answered_at,
        {{ latest('score', 'answered_at', '-score', "survey_type = 'nps'") }}
            as latest_nps,
        {{ latest(
            '1 + 4 * share_of_scale',
            'answered_at',
            '-share_of_scale',
            "survey_type = 'csat'"
        ) }} as latest_csat,
        {{ latest('score', 'answered_at', '-score', "survey_type = 'ces'") }}
            as latest_ces
    from {{ ref('survey_responses') }}
    group by customer_id

),

mentions as (

    select
        customer_id,
        count(*) as social_mention_count,
        max(mentioned_at) as last_mentioned_at
    from {{ ref('social_mentions') }}
    group by customer_id

),

-- Who has answered better since needs no call any more.
waiting as (

    select
        customer_id,
        min(answered_at) as waiting_since
    from {{ ref('closed_loop') }}
    where not is_contacted and not coalesce(is_recovered, false)
    group by customer_id

),

minds as (

    select
        customer_id,
        max(value) filter (where trait = 'lifestyle_segment') as lifestyle_segment,
        max(value) filter (where trait = 'interests') as interests
    from {{ ref('customer_traits') }}
    where said_of = 'person'
    group by customer_id

)

select
    people.customer_id,

    coalesce(answers.survey_answer_count, 0) as survey_answer_count,
    answers.last_answered_at,
    answers.latest_nps,
    answers.latest_csat,
    answers.latest_ces,
    waiting.customer_id is not null as is_waiting_for_contact,
    waiting.waiting_since,

    coalesce(mentions.social_mention_count, 0) as social_mention_count,
    mentions.last_mentioned_at,

    minds.lifestyle_segment,
    minds.interests
from {{ ref('golden_record') }} as people
left join answers on people.customer_id = answers.customer_id
left join mentions on people.customer_id = mentions.customer_id
left join waiting on people.customer_id = waiting.customer_id
left join minds on people.customer_id = minds.customer_id
