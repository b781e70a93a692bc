with

tickets as (

    select
        *,
        {{ hours_between('opened_at', 'first_reply_at') }} as first_reply_hours,
        {{ hours_between('opened_at', 'solved_at') }} as resolution_hours
    from {{ with_customer(ref('core__tickets'), at='opened_at') }} as tickets

),

answers as (

    select
        response_key,
        customer_id,
        answered_at,
        channel,
        {{ nps_points('score') }} as score
    from {{ with_customer(ref('core__survey_responses'), at='answered_at') }} as answers
    where
        survey_type = 'nps'
        and score is not null
        and answered_at is not null
        and customer_id is not null
        and not is_excluded

),

orders as (

    select *
    from {{ with_customer(ref('core__order_values'), at='ordered_at') }} as orders
    where is_sale

),

happened as (

    select
        customer_id,
        ordered_at as happened_at,
        'order' as kind
    from orders

    union all

    select
        orders.customer_id,
        refunds.refunded_at as happened_at,
        'refund' as kind
    from {{ ref('core__refunds') }} as refunds
    inner join orders on refunds.order_key = orders.order_key
    where {{ is_given_back('refunds.status') }}

    union all

    select
        customer_id,
        opened_at as happened_at,
        'ticket' as kind
    from tickets

),

-- Only what was before an answer can have moved it.
before as (

    select
        answers.response_key,
        count(*) filter (where happened.kind = 'order') as order_count,
        max(happened.happened_at) filter (where happened.kind = 'refund')
            as refunded_at,
        max(happened.happened_at) filter (where happened.kind = 'ticket')
            as ticket_opened_at
    from answers
    inner join happened
        on
            answers.customer_id = happened.customer_id
            and answers.answered_at > happened.happened_at
    group by answers.response_key

)

select
    ticket_key as answer_key,
    'csat' as survey_type,
    case satisfaction when 'good' then 100 else 0 end as score,
    channel,
    priority,
    case
        when first_reply_hours <= 1 then 'within an hour'
        when first_reply_hours <= 8 then 'within 8 hours'
        when first_reply_hours <= 24 then 'within a day'
        when first_reply_hours > 24 then 'later'
    end as first_reply,
    case
        when resolution_hours <= 24 then 'within a day'
        when resolution_hours <= 72 then 'within 3 days'
        when resolution_hours > 72 then 'later'
    end as resolution,
    case when reopened_count > 0 then 'yes' else 'no' end as was_reopened,
    cast(null as varchar) as earlier_orders,
    cast(null as varchar) as had_refund,
    cast(null as varchar) as had_ticket
from tickets
where satisfaction in ('good', 'bad') and not is_excluded

union all

select
    answers.response_key as answer_key,
    'nps' as survey_type,
    answers.score,
    answers.channel,
    null as priority,
    null as first_reply,
    null as resolution,
    null as was_reopened,
    case
        when coalesce(before.order_count, 0) = 0 then 'none'
        when before.order_count = 1 then 'one'
        else 'more'
    end as earlier_orders,
    case
        when before.refunded_at > answers.answered_at - interval 90 day then 'yes'
        else 'no'
    end as had_refund,
    case
        when before.ticket_opened_at > answers.answered_at - interval 90 day then 'yes'
        else 'no'
    end as had_ticket
from answers
left join before on answers.response_key = before.response_key
