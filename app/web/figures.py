"""How a figure looks on every page: what it counts, its mart, and its rows.

Belongs here: the frame around a chart, the state without rows, and formats. Does not
belong here: any figure itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
import yaml

from orchestration.warehouse import PROJECT_ROOT

# Told apart by the colour-blind too (after Okabe and Ito), on light and dark ground.
GOOD, BAD, NEUTRAL, WARNING = "#0f8a6b", "#c8501e", "#97a5b8", "#b7791f"

DASH = "\N{EN DASH}"
"""What stands where there is no figure."""

YES, NO = "\N{CHECK MARK}", "\N{MULTIPLICATION SIGN}"
"""What stands before a good verdict and a bad one."""

AMOUNT = st.column_config.NumberColumn(format="localized", step=1)
"""A column of money or counts, with separators."""

# Wide enough for a label and a figure; fewer to a line on a phone (style.css).
_TILES_IN_A_LINE = {6: 3, 7: 4, 8: 4}

_WRITTEN = {
    "csat": "CSAT",
    "ces": "CES",
    "email": "e-mail",
    "id": "ID",
    "nps": "NPS",
    "rfm": "RFM",
    "roas": "ROAS",
    "sms": "SMS",
}

Columns = Mapping[str, str]
"""Names of columns to show, by their names in the rows."""


def figure(
    title: str,
    rows: pd.DataFrame,
    chart: Callable[[pd.DataFrame], alt.Chart | alt.LayerChart],
    *,
    counts: str,
    mart: str,
    empty: str,
    columns: Columns | None = None,
) -> None:
    """Show a chart with what it counts and from which mart, and its rows below.

    Args:
        title: What the chart answers.
        rows: What it is drawn from.
        chart: Draws it; is not called without rows.
        counts: One sentence on what is counted, of whom, and when.
        mart: The mart (or marts) that the figures are read from.
        empty: Why there may be nothing to show, and what to do.
        columns: The columns to list, with their names; by default all.
    """
    heading(title, counts, mart)
    if rows.empty:
        nothing(empty)
        return
    st.altair_chart(
        # Labels stand at their tick, the first and the last one too.
        chart(rows).configure_axis(labelFlush=False, labelBound=False),
        width="stretch",
        alt=f"{title}. {counts}",
    )
    with st.expander(f"Figures: {title}", icon=":material/table_rows:"):
        table(rows, columns)


def heading(title: str, counts: str, mart: str) -> None:
    """Head a figure with what it counts and where it is from."""
    st.header(title, anchor=False)
    marts = ", ".join(f"`marts.{name.strip()}`" for name in mart.split(","))
    st.caption(f"{counts} From {marts}.")


def nothing(why: str) -> None:
    """Say why there is nothing to show, and what to do about it."""
    st.info(why, icon=":material/info:")


def table(rows: pd.DataFrame, columns: Columns | None = None, **config: Any) -> None:
    """List rows under readable names.

    Args:
        rows: What to list.
        columns: Columns to list and their names; by default all, as they are.
        config: Streamlit's column types, by column of the rows.
    """
    names = columns or {name: sentence(name) for name in rows.columns}
    formats = {names[name]: kind for name, kind in config.items() if name in names}
    st.dataframe(
        rows[list(names)].rename(columns=dict(names)),
        hide_index=True,
        width="stretch",
        column_config=formats,
    )


def tiles(*figures: tuple[str, str, str]) -> None:
    """Show key figures side by side: label, figure, and what it means."""
    if not figures:
        return
    in_a_line = _TILES_IN_A_LINE.get(len(figures), len(figures))
    with st.container(key=f"tiles-{in_a_line}-{figures[0][0]}"):
        for label, figure_, meaning in figures:
            st.metric(label, figure_, help=meaning, border=True)


def count(number: Any) -> str:
    """Write a count with separators, or a dash for nothing."""
    return DASH if pd.isna(number) else f"{int(number):,}"


def percent(share: Any, digits: int = 0) -> str:
    """Write a share between 0 and 1 as a percentage, or a dash for nothing."""
    if pd.isna(share):
        return DASH
    text = f"{100 * float(share):.{digits}f}%"
    # What is nearly none, or nearly all, is neither.
    if text == f"{0:.{digits}f}%" and float(share) > 0:
        return f"<{10**-digits:.{digits}f}%"
    if text == f"{100:.{digits}f}%" and float(share) < 1:
        return f">{100 - 10**-digits:.{digits}f}%"
    return text


def money(amount: Any) -> str:
    """Write an amount in the reporting currency, short; a dash for nothing."""
    return DASH if pd.isna(amount) else f"{short(amount)} {currency()}"


@cache
def currency() -> str:
    """Return the one currency that amounts are reported in, such as USD."""
    # As project.project_dir, which brings Dagster along.
    project = Path(os.environ.get("C360_PROJECT_DIR", PROJECT_ROOT)).resolve()
    settings = (project / "dbt_project.yml").read_text(encoding="utf-8")
    return yaml.safe_load(settings)["vars"]["reporting_currency"]


def short(amount: Any) -> str:
    """Write an amount of any unit, from ten thousand on in thousands (k), M or B."""
    value = float(amount)
    for size, unit, sign in ((1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(value) >= size:
            return f"{value / unit:,.1f}{sign}"
    return f"{value:,.0f}"


def duration(hours: Any) -> str:
    """Write hours as people would: in days from two days on; a dash for nothing."""
    if pd.isna(hours):
        return DASH
    if hours >= 48:
        return f"{hours / 24:,.0f} days"
    return f"{hours:.0f} h" if hours >= 10 else f"{hours:.1f} h"


def sentence(name: str) -> str:
    """Write the name of a column or stage as people would: At risk for at_risk."""
    words = name.replace("_reporting", "").replace("_", " ").split()
    text = " ".join(_WRITTEN.get(word, word) for word in words)
    return text[:1].upper() + text[1:]
