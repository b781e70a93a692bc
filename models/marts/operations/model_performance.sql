select
    score,
    model,
    model_version,
    holdout_from,
    holdout_to,
    target,
    metric,
    customers,
    value,
    baseline,
    baseline_value,
    is_better,
    decides,
    measured_at
from {{ source('scores', 'model_performance') }}
