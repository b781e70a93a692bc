with

scores as (

    select * from {{ source('scores', 'customer_churn') }}

),

alive as (

    select
        customer_id,
        probability_active
    from {{ source('scores', 'customer_value') }}

)

select
    scores.customer_id,
    scores.as_of,
    scores.model,
    scores.model_version,
    scores.churn_probability,
    case
        when scores.churn_probability >= 0.8 then 'high'
        when scores.churn_probability >= 0.5 then 'medium'
        else 'low'
    end as churn_risk,
    cast(ntile(10) over (
        order by scores.churn_probability desc, scores.customer_id asc
    ) as integer) as churn_decile,
    scores.first_reason,
    scores.second_reason,
    scores.third_reason,
    alive.probability_active
from scores
inner join {{ ref('usable_customers') }} as identified
    on scores.customer_id = identified.customer_id
left join alive on scores.customer_id = alive.customer_id
