"""What every tool of the comparison does: fit, score, say how long that took."""

from __future__ import annotations

import csv
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WEEKS = 39
TIMES = 5
"""How often each step is done; the median counts."""


def read(path: str) -> dict[str, list[float]]:
    """Read the columns of a CSV of customers."""
    with Path(path).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


def timed(step: Callable[[], Any], times: int) -> tuple[Any, float]:
    """Return what a step gives, and the median of its CPU seconds."""
    seconds = []
    found = None
    for _ in range(times):
        started = time.process_time()
        found = step()
        seconds.append(time.process_time() - started)
    return found, statistics.median(seconds)


def compare(
    fit: Callable[[dict[str, list[float]]], tuple[Any, dict[str, float]]],
    score: Callable[[Any, dict[str, list[float]]], Any],
    times: int = TIMES,
) -> None:
    """Print the parameters, the purchases that are forecast, seconds and megabytes."""
    customers, many = read(sys.argv[1]), read(sys.argv[2])
    (model, parameters), fit_seconds = timed(lambda: fit(customers), times)
    expected, score_seconds = timed(lambda: score(model, many), times)
    print(
        json.dumps(
            {
                "parameters": {name: round(x, 4) for name, x in parameters.items()},
                "purchases": round(float(sum(expected)), 1),
                "fit_cpu_seconds": round(fit_seconds, 3),
                "score_cpu_seconds": round(score_seconds, 3),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )
