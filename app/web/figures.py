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

AMOUNT = st.column_config.NumberColumn(format="localized", step=1)
"""A column of money or counts, with separators."""

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
    st.altair_chart(chart(rows), width="stretch", alt=f"{title}. {counts}")
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
    with st.container(horizontal=True):
        for label, figure_, meaning in figures:
            st.metric(label, figure_, help=meaning, border=True, width=165)


def count(number: Any) -> str:
    """Write a count with separators, or a dash for nothing."""
    return DASH if pd.isna(number) else f"{int(number):,}"


def percent(share: Any, digits: int = 0) -> str:
    """Write a share between 0 and 1 as a percentage, or a dash for nothing."""
    return DASH if pd.isna(share) else f"{100 * float(share):.{digits}f} %"


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
    """Write an amount of any unit to the thousand, million or milliard."""
    value = float(amount)
    for size, sign in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if sign == 'k' else size):,.1f} {sign}"
    return f"{value:,.0f}"


def sentence(name: str) -> str:
    """Write the name of a column or stage as people would: At risk for at_risk."""
    text = name.replace("_reporting", "").replace("_", " ").strip()
    for short in ("nps", "csat", "ces", "rfm", "roas", "id", "sms"):
        text = " ".join(w.upper() if w == short else w for w in text.split())
    return text[:1].upper() + text[1:]
