"""Scores as Dagster assets, between the features that they learn from and the marts.

dbt's contracts exclude models in Python, so what is learnt goes to tables of the source
`scores`, and a mart of that name puts it under contract.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.operation.retries import another_try_if_locked
from orchestration.project import SCORES
from orchestration.scores import (
    customer_anomalies,
    customer_churn,
    customer_clusters,
    customer_recommendations,
    customer_value,
    send_times,
    text_sentiment,
    trends,
)
from orchestration.scores.score import Score
from orchestration.scores.store import declaration, is_current, keep, state_of
from orchestration.warehouse import connect

ALL = (
    customer_value.SCORE,
    customer_churn.SCORE,
    customer_clusters.SCORE,
    customer_recommendations.SCORE,
    customer_anomalies.SCORE,
    send_times.SCORE,
    text_sentiment.SCORE,
    trends.SCORE,
)


def score_assets() -> list[dg.AssetsDefinition]:
    """Return an asset for every score, learnt anew when what it reads has changed."""
    return [_score_asset(score) for score in ALL]


def _score_asset(score: Score) -> dg.AssetsDefinition:
    @dg.asset(
        key=[SCORES, score.name],
        deps=[_asset_key(table) for table in score.reads],
        group_name=SCORES,
        kinds={"python", "duckdb"},
        owners=["data-science@example.com"],
        pool="duckdb_writer",
        description=score.description,
    )
    def learn() -> dg.MaterializeResult:
        with another_try_if_locked(), connect() as connection:
            return dg.MaterializeResult(metadata=refresh_score(connection, score))

    return learn


def _asset_key(table: str) -> dg.AssetKey:
    schema, name = table.split(".")
    return dg.AssetKey([schema, f"core__{name}" if schema == "core" else name])


def refresh_score(
    connection: duckdb.DuckDBPyConnection, score: Score
) -> dict[str, bool | int | str]:
    """Learn a score unless it was learnt by this code from the same rows.

    Returns:
        What Dagster shows: whether it was learnt anew and, if so, which model made how
        many scores.
    """
    state = state_of(connection, score.reads, _code(score))
    if is_current(connection, score.name, state):
        return {"rebuilt": False}
    learnt = score.learn(connection)
    keep(connection, score.name, learnt, state)
    return {
        "rebuilt": True,
        "model": learnt.model,
        "dagster/row_count": learnt.scores.num_rows,
    }


def _code(score: Score) -> str:
    """Return a digest of the columns of a score, and of the code that it may run.

    That is the package, weights included, without the modules of other scores.
    """
    others = {
        Path(str(sys.modules[other.learn.__module__].__file__))
        for other in ALL
        if other is not score
    }
    package = {
        path
        for path in Path(__file__).parent.iterdir()
        if path.suffix in {".py", ".csv"}
    }
    digest = sha256(declaration(score.name).read_bytes())
    for path in sorted(package - others):
        digest.update(path.read_bytes())
    return digest.hexdigest()
