select
    scores.customer_id,
    scores.channel,
    scores.as_of,
    scores.model,
    scores.model_version,
    scores.best_hour,
    people.time_zone,
    scores.expected_share,
    scores.acts_in_channel,
    scores.acts_elsewhere,
    case
        when not scores.is_by_own_acts then 'all_customers'
        when scores.acts_in_channel > 0 then 'own_acts_in_channel'
        when scores.acts_elsewhere > 0 then 'own_acts_elsewhere'
        else 'all_customers'
    end as evidence
from {{ source('scores', 'send_times') }} as scores
inner join {{ ref('golden_record') }} as people
    on scores.customer_id = people.customer_id
