"""The customers of CDNOW, whose figures are published."""

import os
from pathlib import Path

import duckdb

from orchestration.scores.buying import Histories
from orchestration.warehouse import PROJECT_ROOT

CDNOW = Path(
    os.environ.get("C360_SHARED_DATA", PROJECT_ROOT / "../shared/data"), "cdnow"
)


def histories() -> Histories:
    """Return the sample of 2,357 customers over 39 weeks, in weeks."""
    rows = duckdb.sql(
        f"""
        select frequency, recency, "T"
        from '{CDNOW}/summary_cal39_lifetimes.parquet'
        """
    ).fetchnumpy()
    return Histories.of(*rows.values())
