with

scores as (

    select * from {{ source('scores', 'customer_value') }}

)

select
    scores.customer_id,
    scores.as_of,
    scores.model,
    scores.model_version,
    scores.purchase_days,
    scores.recency_days,
    scores.age_days,
    cast({{ rounded('scores.mean_purchase_value', 2) }} as decimal(18, 2))
        as mean_purchase_value_reporting,
    scores.probability_active,
    scores.expected_purchases_90_days,
    scores.expected_purchases_365_days,
    cast(scores.expected_purchase_value as decimal(18, 2))
        as expected_purchase_value_reporting,
    cast(scores.lifetime_value as decimal(18, 2)) as lifetime_value_reporting,
    cast(ntile(10) over (
        order by scores.lifetime_value desc, scores.customer_id asc
    ) as integer) as value_decile

from scores
inner join {{ ref('usable_customers') }} as identified
    on scores.customer_id = identified.customer_id
