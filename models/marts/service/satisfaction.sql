with

answers as (

    select
        responses.survey_type,
        responses.answered_at,
        coalesce(responses.channel, 'unknown') as channel,
        case
            when responses.customer_id is null then 'unknown'
            else coalesce(rfm.rfm_segment, 'no sale')
        end as rfm_segment,
        case
            when responses.nps_group = 'promoter' then 1
            when responses.nps_group = 'detractor' then -1
            when responses.nps_group = 'passive' then 0
            when responses.survey_type = 'csat'
                then cast(responses.is_satisfied as integer)
            when responses.survey_type = 'ces' then 1 + 6 * responses.share_of_scale
        end as answer
    from {{ ref('survey_responses') }} as responses
    left join {{ ref('customer_rfm') }} as rfm
        on responses.customer_id = rfm.customer_id
    where not responses.is_excluded and responses.answered_at is not null

),

dated as (

    select
        answers.*,
        periods.period,
        cast(date_trunc(periods.period, answers.answered_at) as date) as period_start
    from answers
    cross join (values ('month'), ('quarter'), ('year')) as periods (period)
    where answers.answer is not null

),

counted as (

    select
        period,
        period_start,
        survey_type,
        coalesce(dated.rfm_segment, 'all') as rfm_segment,
        coalesce(dated.channel, 'all') as channel,
        count(*) as answer_count,
        sum(case when answer > 0 then 1 else 0 end) as positive_count,
        sum(case when answer < 0 then 1 else 0 end) as negative_count,
        avg(answer) as mean,
        stddev_samp(answer) as deviation
    from dated
    group by grouping sets (
        (period, period_start, survey_type, rfm_segment, channel),
        (period, period_start, survey_type, rfm_segment),
        (period, period_start, survey_type, channel),
        (period, period_start, survey_type)
    )

),

-- To an NPS three answers are added that nobody gave, half of them of passives; around
-- one answer, the interval is widened to hold the score itself.
centred as (

    select
        *,
        (positive_count - negative_count) / (answer_count + 3) as nps_centre
    from counted

),

spread as (

    select
        *,
        1.959964 * sqrt(
            (
                (positive_count + negative_count + 1.5) / (answer_count + 3)
                - nps_centre * nps_centre
            ) / (answer_count + 3)
        ) as nps_margin,
        {{ student_t('(answer_count - 1)') }} * deviation / sqrt(answer_count)
            as mean_margin
    from centred

),

bounded as (

    select
        *,
        case
            when survey_type = 'nps'
                then greatest(least(nps_centre - nps_margin, mean), -1)
            when survey_type = 'csat'
                then {{ wilson_bound('-', 'positive_count', 'answer_count') }}
            when mean - mean_margin < 1 then 1
            else mean - mean_margin
        end as low,
        case
            when survey_type = 'nps'
                then least(greatest(nps_centre + nps_margin, mean), 1)
            when survey_type = 'csat'
                then {{ wilson_bound('+', 'positive_count', 'answer_count') }}
            when mean + mean_margin > 7 then 7
            else mean + mean_margin
        end as high,
        case survey_type when 'ces' then 1 else 100 end as scale
    from spread

)

select
    period,
    period_start,
    survey_type,
    rfm_segment,
    channel,
    answer_count,
    case when survey_type <> 'ces' then cast(positive_count as bigint) end
        as positive_count,
    case when survey_type = 'nps' then cast(negative_count as bigint) end
        as negative_count,
    cast(scale * mean as decimal(7, 2)) as score,
    cast(scale * low as decimal(7, 2)) as score_low,
    cast(scale * high as decimal(7, 2)) as score_high
from bounded
