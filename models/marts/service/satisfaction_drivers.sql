{%- set drivers = [
    'channel',
    'priority',
    'first_reply',
    'resolution',
    'was_reopened',
    'earlier_orders',
    'had_refund',
    'had_ticket',
] -%}

with

facts as (

    {%- for driver in drivers %}
    select
        survey_type,
        score,
        '{{ driver }}' as driver,
        {{ driver }} as driver_value
    from {{ ref('satisfaction_situations') }}
    where {{ driver }} is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

sums as (

    select
        survey_type,
        driver,
        driver_value,
        count(*) as n,
        sum(score) as total,
        sum(score * score) as squares
    from facts
    group by survey_type, driver, driver_value

),

others as (

    select
        *,
        sum(n) over (partition by survey_type, driver) - n as other_n,
        sum(total) over (partition by survey_type, driver) - total as other_total,
        sum(squares) over (partition by survey_type, driver) - squares
            as other_squares
    from sums

),

-- Answers that nobody gave are added on both sides, lest a few that agree seem sure:
-- one good and one bad rating; of NPS one and a half passives, and half as many each
-- of promoters and detractors.
adjusted as (

    select
        *,
        case survey_type when 'csat' then 2 else 3 end as added_n,
        case survey_type when 'csat' then 100 else 0 end as added_total,
        case survey_type when 'csat' then 10000 else 15000 end as added_squares
    from others
    where other_n > 0

),

spread as (

    select
        *,
        (total + added_total) / (n + added_n) as centre,
        (squares + added_squares) / (n + added_n) as mean_square,
        (other_total + added_total) / (other_n + added_n) as other_centre,
        (other_squares + added_squares) / (other_n + added_n) as other_mean_square
    from adjusted

),

bounded as (

    select
        *,
        total / n as score,
        other_total / other_n as other_score,
        centre - other_centre as shift,
        1.959964 * sqrt(
            (mean_square - centre * centre) / (n + added_n)
            + (other_mean_square - other_centre * other_centre) / (other_n + added_n)
        ) as margin
    from spread

)

select
    survey_type,
    driver,
    driver_value,
    n as answer_count,
    cast(score as decimal(7, 2)) as score,
    cast(other_n as bigint) as other_answer_count,
    cast(other_score as decimal(7, 2)) as other_score,
    cast(score - other_score as decimal(7, 2)) as difference,
    cast(least(shift - margin, score - other_score) as decimal(7, 2))
        as difference_low,
    cast(greatest(shift + margin, score - other_score) as decimal(7, 2))
        as difference_high,
    abs(shift) > margin as is_clear
from bounded
