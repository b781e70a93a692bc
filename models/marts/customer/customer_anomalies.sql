{%- set signals = ['spend', 'orders', 'refunds', 'logins'] -%}
{%- set limit = 4 -%}

with

scores as (

    select
        scores.*,
        greatest(
            {%- for signal in signals %}
            coalesce(scores.{{ signal }}_distance, 0){{ ',' if not loop.last }}
            {%- endfor %}
        ) as distance
    from {{ source('scores', 'customer_anomalies') }} as scores
    inner join {{ ref('usable_customers') }} as identified
        on scores.customer_id = identified.customer_id

)

select
    customer_id,
    as_of,
    model,
    model_version,
    distance,
    distance >= {{ limit }} as is_anomalous,
    case
        when distance < {{ limit }} then null
        when refunds_distance >= {{ limit }} then 'refund_abuse'
        when
            logins_distance >= {{ limit }}
            and greatest(coalesce(spend_distance, 0), coalesce(orders_distance, 0))
            >= {{ limit }}
            then 'account_takeover'
        when logins_distance >= {{ limit }} then 'unusual_logins'
        else 'unusual_spend'
    end as looks_like,
    case
        when distance < {{ limit }} then null
        {%- for signal in signals %}
        when distance = {{ signal }}_distance
            then concat(
                '{{ signal }} ', cast(round({{ signal }}_30_days, 0) as bigint),
                ' in 30 days, usually ', cast(round({{ signal }}_usual, 0) as bigint)
            )
        {%- endfor %}
    end as reason,
    cast(spend_30_days as decimal(18, 2)) as spend_30_days_reporting,
    cast(spend_usual as decimal(18, 2)) as spend_usual_reporting,
    spend_distance,
    cast(round(orders_30_days, 0) as integer) as orders_30_days,
    orders_usual,
    orders_distance,
    cast(refunds_30_days as decimal(18, 2)) as refunds_30_days_reporting,
    cast(refunds_usual as decimal(18, 2)) as refunds_usual_reporting,
    refunds_distance,
    cast(round(logins_30_days, 0) as integer) as logins_30_days,
    logins_usual,
    logins_distance
from scores
