"""What a score is, and what comes of learning one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.scores.backtest import Measure


@dataclass(frozen=True)
class Learnt:
    """What came of learning one score.

    Attributes:
        model: that made the scores: the candidate, or the baseline.
        candidate: the model that was measured.
        baseline: what it was measured against.
        as_of: the cut-off of what was known, UTC.
        holdout_days: length of the period at its end that was kept from the model.
        scores: one row per whatever is scored, columns named as in the table.
        measures: the figures of the backtest; empty if there was too little history.
        parameters: of the model; empty for a baseline.
    """

    model: str
    candidate: str
    baseline: str
    as_of: datetime
    holdout_days: int
    scores: pa.Table
    measures: list[Measure]
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """A table of scores, and how it is learnt.

    Its columns are declared once, in models/scores/<name>.yml.

    Attributes:
        name: of the table in the schema `scores`.
        description: what the Dagster UI says of it.
        reads: the tables that it is learnt from, as 'schema.table'.
        learn: scores all there is to score from the open warehouse.
    """

    name: str
    description: str
    reads: tuple[str, ...]
    learn: Callable[[duckdb.DuckDBPyConnection], Learnt]
