with

answers as (

    select
        *,
        case survey_type
            when 'nps' then nps_group = 'detractor'
            when 'csat' then not is_satisfied
        end as is_low
    from {{ ref('survey_responses') }}
    where not is_excluded and answered_at is not null

),

low_answers as (

    select answers.*
    from answers
    left join {{ ref('restricted_customers') }} as restricted
        on answers.customer_id = restricted.customer_id
    where answers.is_low and restricted.customer_id is null

),

-- A newsletter is no answer to a complaint, nor is the notice of a refund.
contacts as (

    select
        customer_id,
        first_reply_at as contacted_at
    from {{ ref('tickets') }}
    where first_reply_at is not null

    union all

    select
        customer_id,
        occurred_at as contacted_at
    from {{ ref('interactions') }}
    where
        direction = 'outbound'
        and campaign_key is null
        and interaction_type in ('ticket_solved', 'commented', 'posted', 'other')

),

first_contacts as (

    select
        low_answers.response_key,
        min(contacts.contacted_at) as contacted_at
    from low_answers
    inner join contacts
        on
            low_answers.customer_id = contacts.customer_id
            and low_answers.answered_at < contacts.contacted_at
    group by low_answers.response_key

),

latest_answers as (

    select
        low_answers.response_key,
        max(answers.answered_at) as answered_at,
        not {{ latest('answers.is_low', 'answers.answered_at', 'answers.is_low') }}
            as is_recovered
    from low_answers
    inner join answers
        on
            low_answers.customer_id = answers.customer_id
            and low_answers.survey_type = answers.survey_type
            and low_answers.answered_at < answers.answered_at
    group by low_answers.response_key

)

select
    low_answers.response_key,
    low_answers.customer_id,
    low_answers.answered_at,
    low_answers.survey_type,
    low_answers.channel,
    low_answers.score,
    low_answers.scale_max,
    low_answers.comment,

    first_contacts.contacted_at,
    {{ hours_between('low_answers.answered_at', 'first_contacts.contacted_at') }}
        as hours_to_contact,
    first_contacts.contacted_at is not null as is_contacted,
    case
        when first_contacts.contacted_at is null
            then {{ hours_between('low_answers.answered_at', 'cut_off.as_of') }} / 24
    end as days_waiting,

    latest_answers.answered_at as latest_answered_at,
    latest_answers.is_recovered,
    cast(coalesce(orders.revenue_reporting, 0) as decimal(18, 2))
        as customer_revenue_reporting
from low_answers
cross join {{ ref('core__as_of') }} as cut_off
left join first_contacts on low_answers.response_key = first_contacts.response_key
left join latest_answers on low_answers.response_key = latest_answers.response_key
left join {{ ref('customer_order_features') }} as orders
    on low_answers.customer_id = orders.customer_id
