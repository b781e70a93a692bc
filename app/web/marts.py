"""Rows of the marts for a chart, asked once per release.

Charts read the masked file, in which no name or address could be shown by mistake.
Belongs here: caching by release, so that a page that is open while a run publishes
shows the new figures at its next rerun. Does not belong here: what the figures mean
(the marts themselves).
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.release import Release
from app.web.releases import current_release

# Enough for every chart of two releases; an older release's figures are never asked
# for again.
_KEPT = 256


def rows(query: str, *parameters: Any) -> pd.DataFrame:
    """Return the rows of a query over the release in use.

    Raises:
        NotPublishedError: There is no release.
    """
    release = current_release()
    return _rows(str(release.path), release, query, parameters)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _rows(
    path: str, _release: Release, query: str, parameters: tuple[Any, ...]
) -> pd.DataFrame:
    with _release.read(masked=True) as connection:
        return connection.execute(query, parameters or None).df()
