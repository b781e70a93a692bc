with

scores as (

    select
        *,
        lag(value) over (
            partition by metric, period
            order by period_start
        ) as previous_value
    from {{ source('scores', 'trends') }}

)

select
    metric,
    period,
    period_start,
    as_of,
    model_version,
    forecast is not null as is_forecast,
    value,
    value - previous_value as change,
    (value - previous_value) / nullif(abs(previous_value), 0) as change_share,
    level,
    season,
    forecast,
    lower_80,
    upper_80,
    case when is_by_model then 'exponential_smoothing' else 'seasonal_naive' end
        as forecast_method
from scores
