with

compared as (

    select *
    from {{ uplift(
        ref('experiment_outcomes'), ['visited', 'bought', 'revenue_reporting']
    ) }} as compared

)

-- Rounded, so that a sum in another order is the same figure.
select
    experiment,
    arm,
    outcome,
    person_count as customer_count,
    control_person_count as control_customer_count,
    round(mean, 9) as mean,
    round(control_mean, 9) as control_mean,
    round(uplift, 9) as uplift,
    round(uplift - half_width, 9) as uplift_lower,
    round(uplift + half_width, 9) as uplift_upper,
    round(uplift / nullif(control_mean, 0), 9) as relative_uplift,
    coalesce(abs(uplift) > half_width, false) as is_significant
from compared
