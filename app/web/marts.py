"""Rows of the marts for a chart, asked once per release.

Belongs here: caching by release, so that a page that is open while a run publishes
shows the new figures at its next rerun. Does not belong here: finding and opening the
release (app/release.py), and what the figures mean (the marts themselves).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import streamlit as st

from orchestration.warehouse import DataDir

# Enough for every chart of two releases; an older release's figures are never asked
# for again.
_KEPT = 256


class NothingPublishedError(LookupError):
    """There is no release to show; the message says how to make one."""


def release_file() -> Path:
    """Return the file of the release in use, by its own path and not the symlink's.

    Raises:
        NothingPublishedError: No run has published yet, or the release was removed.
    """
    link = DataDir.from_env().published / "current" / "customer360.duckdb"
    if not link.exists():
        raise NothingPublishedError(
            f"There is no release under {link.parent.parent} yet. `c360 run` makes "
            "one; `make demo` makes a sample world first."
        )
    return link.resolve()


def rows(query: str, *parameters: Any) -> pd.DataFrame:
    """Return the rows of a query over the release in use.

    Raises:
        NothingPublishedError: There is no release.
    """
    return _rows(str(release_file()), query, parameters)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _rows(file: str, query: str, parameters: tuple[Any, ...]) -> pd.DataFrame:
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(query, parameters or None).df()
