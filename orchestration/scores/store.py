"""Keeping what a model learnt in the schema `scores`, which marts read.

Belongs here: writing scores, the model's parameters and its figures in one transaction,
and telling whether anything has changed since. Does not belong here: learning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.clock import moment
from orchestration.scores.backtest import Measure
from orchestration.warehouse import transaction


@dataclass(frozen=True)
class Learnt:
    """What came of learning one score.

    Attributes:
        model: that made the scores: the candidate, or the baseline.
        candidate: the model that was measured.
        baseline: what it was measured against.
        as_of: the cut-off of what was known, UTC.
        holdout_days: length of the period at its end that was kept from the model.
        parameters: of the model; empty for a baseline.
        scores: one row per customer, columns named as in the table.
        measures: the figures of the backtest; empty if there was too little history.
    """

    model: str
    candidate: str
    baseline: str
    as_of: datetime
    holdout_days: int
    parameters: dict[str, Any]
    scores: pa.Table
    measures: list[Measure]


def state_of(
    connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...], code: str
) -> str:
    """Return a digest of the versions of `tables` ('schema.name') and of the code."""
    versions = connection.execute(
        """
        select table_schema || '.' || table_name, version from ops.table_builds
        where list_contains($tables, table_schema || '.' || table_name)
        order by all
        """,
        {"tables": list(tables)},
    ).fetchall()
    return sha256(json.dumps([code, versions]).encode()).hexdigest()[:12]


def is_current(connection: duckdb.DuckDBPyConnection, score: str, state: str) -> bool:
    """Tell whether a score was learnt from just that."""
    return bool(
        connection.execute(
            "select 1 from scores.models where score = ? and trained_on = ?",
            [score, state],
        ).fetchall()
    )


def keep(
    connection: duckdb.DuckDBPyConnection, score: str, learnt: Learnt, state: str
) -> None:
    """Put the scores in place of those before, and the figures beside those before."""
    version = f"{learnt.as_of:%Y%m%d}-{state}"
    scores = learnt.scores  # noqa: F841, DuckDB reads it by name
    with transaction(connection):
        now = moment(connection)
        connection.execute(f"delete from scores.{score}")
        connection.execute(
            f"""
            insert into scores.{score} by name
            select
                $as_of as as_of,
                $model as model,
                $version as model_version,
                *
            from scores
            """,
            {"as_of": learnt.as_of, "model": learnt.model, "version": version},
        )
        connection.execute(
            "insert or replace into scores.models values (?, ?, ?, ?, ?, ?)",
            [score, learnt.model, version, now, state, json.dumps(learnt.parameters)],
        )
        holdout_from = learnt.as_of - timedelta(days=learnt.holdout_days)
        for found in learnt.measures:
            connection.execute(
                """
                insert or replace into scores.model_performance
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    *(score, learnt.candidate, version),
                    *(holdout_from, learnt.as_of),
                    *(found.target, found.metric, found.customers, found.value),
                    *(learnt.baseline, found.baseline_value),
                    *(found.is_better, found.decides, now),
                ],
            )
