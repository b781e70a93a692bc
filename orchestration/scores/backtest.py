"""How far a forecast is from what came, beside that of a baseline.

A model that does not beat what one would say without it has no business in a mart: each
score is measured on days that it was not shown, on every run, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.scores.likelihood import Floats

_BEST = {"mae": 0.0, "rmse": 0.0, "total_ratio": 1.0}


@dataclass(frozen=True)
class Measure:
    """One figure of a forecast and of its baseline on the same cases.

    Attributes:
        target: what was forecast.
        metric: mae (mean absolute error), rmse (root mean square error), or
            total_ratio, the forecast total by the true one (1 if nothing came).
        cases: how many customers, or whatever is scored, were measured.
        value: of the model.
        baseline_value: of the baseline.
        is_better: whether the model is closer than the baseline.
        decides: whether this is the figure by which the model is used or not.
    """

    target: str
    metric: str
    cases: int
    value: float
    baseline_value: float
    is_better: bool
    decides: bool


def measure(
    target: str,
    actual: Floats,
    model: Floats,
    baseline: Floats,
    *,
    decided_by: str | None = None,
) -> list[Measure]:
    """Measure two forecasts of `target`; nothing if there is nobody to measure.

    Means are forecast, so the squared error is the one that rewards an honest forecast.
    """
    if not len(actual):
        return []

    def figures(forecast: Floats) -> dict[str, float]:
        error = forecast - actual
        return {
            "mae": float(np.abs(error).mean()),
            "rmse": float(np.sqrt((error**2).mean())),
            "total_ratio": float(forecast.sum() / total) if total > 0 else 1.0,
        }

    total = actual.sum()
    values, baseline_values = figures(model), figures(baseline)
    return [
        Measure(
            target,
            metric,
            len(actual),
            values[metric],
            baseline_values[metric],
            abs(values[metric] - best) < abs(baseline_values[metric] - best),
            metric == decided_by,
        )
        for metric, best in _BEST.items()
    ]
