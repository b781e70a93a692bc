"""Scores as Dagster assets, between the features that they learn from and the marts.

dbt's contracts exclude models in Python, so what is learnt goes to tables of the source
`scores`, and a mart of that name puts it under contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.project import SCORES
from orchestration.retries import another_try_if_locked
from orchestration.scores import customer_value
from orchestration.scores.store import Learnt, is_current, keep, state_of
from orchestration.warehouse import connect


@dataclass(frozen=True)
class Score:
    """A table of scores, and how it is learnt.

    Attributes:
        name: of the table in the schema `scores`.
        description: what the Dagster UI says of it.
        reads: the tables that it is learnt from, as 'schema/asset' and 'schema.table'.
        learn: scores all customers from the open warehouse.
    """

    name: str
    description: str
    reads: dict[str, str]
    learn: Callable[[duckdb.DuckDBPyConnection], Learnt]


ALL = (
    Score(
        "customer_value",
        "How often each customer is expected to buy and what that is worth, by BG/NBD "
        "and Gamma-Gamma, or by the last period where that forecast better.",
        {
            "features/customer_purchase_days": "features.customer_purchase_days",
            "core/core__as_of": "core.as_of",
        },
        customer_value.learn,
    ),
)


def score_assets() -> list[dg.AssetsDefinition]:
    """Return an asset for every score, learnt anew when what it reads has changed."""
    return [_score_asset(score) for score in ALL]


def _score_asset(score: Score) -> dg.AssetsDefinition:
    @dg.asset(
        key=[SCORES, score.name],
        deps=[dg.AssetKey(key.split("/")) for key in score.reads],
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


def refresh_score(
    connection: duckdb.DuckDBPyConnection, score: Score
) -> dict[str, bool | int | str]:
    """Learn a score unless it was learnt by this code from the same versions.

    Returns:
        What Dagster shows: whether it was learnt anew and, if so, which model made how
        many scores.
    """
    state = state_of(connection, tuple(score.reads.values()), _code())
    if is_current(connection, score.name, state):
        return {"rebuilt": False}
    learnt = score.learn(connection)
    keep(connection, score.name, learnt, state)
    return {
        "rebuilt": True,
        "model": learnt.model,
        "dagster/row_count": learnt.scores.num_rows,
    }


def _code() -> str:
    """Return a digest of the package: other code may learn something else."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
