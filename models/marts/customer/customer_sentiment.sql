with

texts as (

    select
        texts.customer_id,
        texts.text_key,
        texts.kind,
        texts.said_at,
        scores.label,
        scores.score,
        scores.model,
        scores.model_version,
        scores.as_of,
        scores.score is not null as is_known,
        texts.said_at > scores.as_of - interval '90 days' as is_recent
    from {{ with_customer(ref('texts'), at='said_at') }} as texts
    inner join {{ source('scores', 'text_sentiment') }} as scores
        on texts.text_key = scores.text_key
    inner join {{ ref('usable_customers') }} as identified
        on texts.customer_id = identified.customer_id
    where not texts.is_excluded

),

latest as (

    select
        customer_id,
        label,
        score,
        said_at,
        row_number() over (
            partition by customer_id
            order by said_at desc nulls last, text_key asc
        ) as newest_first
    from texts
    where is_known

),

customers as (

    select
        customer_id,
        max(as_of) as as_of,
        max(model) as model,
        max(model_version) as model_version,
        count(*) as text_count,
        count(score) as scored_text_count,
        1 - count(score) / cast(count(*) as double) as share_unknown,
        avg(score) as mean_score,
        avg(case when label = 'negative' then 1 when is_known then 0 end)
            as share_negative,
        avg(case when is_recent then score end)
        - avg(case when not is_recent then score end) as trend,
        avg(case when kind = 'ticket' then score end) as ticket_mean_score,
        avg(case when kind = 'survey' then score end) as survey_mean_score,
        avg(case when kind = 'post' then score end) as post_mean_score,
        avg(case when kind = 'review' then score end) as review_mean_score
    from texts
    group by customer_id

)

select
    customers.customer_id,
    customers.as_of,
    customers.model,
    customers.model_version,
    customers.text_count,
    customers.scored_text_count,
    cast(customers.share_unknown as double) as share_unknown,
    customers.mean_score,
    cast(customers.share_negative as double) as share_negative,
    latest.label as latest_label,
    latest.score as latest_score,
    latest.said_at as latest_at,
    customers.trend,
    customers.ticket_mean_score,
    customers.survey_mean_score,
    customers.post_mean_score,
    customers.review_mean_score
from customers
left join latest
    on
        customers.customer_id = latest.customer_id
        and latest.newest_first = 1
