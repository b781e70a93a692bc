select
    tickets.ticket_key,
    customer_id,
    is_excluded,
    record_key,
    agent_key,

    opened_at,
    first_reply_at,
    solved_at,
    {{ hours_between('opened_at', 'first_reply_at') }} as first_reply_hours,
    {{ hours_between('opened_at', 'solved_at') }} as resolution_hours,
    reopened_count,

    status,
    coalesce(status not in ('solved', 'closed'), true) as is_open,
    priority,
    channel,
    subject,
    body,
    satisfaction,
    sentiments.label as sentiment,
    sentiments.score as sentiment_score
from {{ with_customer(ref('core__tickets'), at='opened_at') }} as tickets
left join {{ source('scores', 'text_sentiment') }} as sentiments
    on tickets.ticket_key = sentiments.text_key
