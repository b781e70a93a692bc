select
    score,
    model,
    model_version,
    holdout_from,
    holdout_to,
    target,
    metric,
    cases,
    value,
    baseline,
    baseline_value,
    is_better,
    decides,
    measured_at
from {{ source('ops', 'model_performance') }}
