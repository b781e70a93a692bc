with

compared as (

    select *
    from {{ uplift(
        ref('experiment_outcomes'), ['visited', 'bought', 'revenue_reporting']
    ) }} as compared

)

select
    experiment,
    arm,
    outcome,
    person_count as customer_count,
    control_person_count as control_customer_count,
    mean,
    control_mean,
    uplift,
    uplift - half_width as uplift_lower,
    uplift + half_width as uplift_upper,
    uplift / nullif(control_mean, 0) as relative_uplift,
    coalesce(abs(uplift) > half_width, false) as is_significant
from compared
