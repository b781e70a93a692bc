"""Charts used on more than one page: bars, and lines with an interval.

Belongs here: the shape of a chart. Does not belong here: what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

BAR_HEIGHT = 26

SHORT = alt.Axis(
    tickCount=5,
    # As figures.short writes them; d3 would say 0k and 2G.
    labelExpr="datum.value < 1000 ? format(datum.value, ',') : "
    "replace(format(datum.value, '~s'), 'G', 'B')",
)
"""An axis of counts or amounts, in thousands (k), M or B where they are large."""

SHORT_ACROSS = alt.Axis(**(SHORT.to_dict() | {"grid": False}))
"""The same along the bottom."""


# Streamlit writes whole names, which lie over each other on a phone.
MONTHS = "%b %Y"


def ink() -> str:
    """Return the colour of figures in a chart, which themes leave black."""
    return "#d5dfeb" if st.context.theme.type == "dark" else "#2b3b50"


def bars(
    rows: pd.DataFrame,
    label: str,
    value: str,
    *,
    title: str,
    label_title: str | None = None,
    number: str = ",d",
    order: Sequence[str] | None = None,
    colour: alt.Color | None = None,
    tooltip: Sequence[str | alt.Tooltip] = (),
) -> alt.LayerChart:
    """Draw horizontal bars with their figures, the longest first unless ordered.

    Args:
        rows: One row a bar.
        label: Column that names a bar.
        value: Column of its length.
        title: What the length is, for the axis.
        label_title: What the labels are, where they do not say so themselves.
        number: Format of the figures (d3).
        order: Labels from top to bottom; by default by length.
        colour: Encoding of the colour, if it says something.
        tooltip: More columns to tell on hover.
    """
    base = alt.Chart(rows).encode(
        y=alt.Y(
            f"{label}:N",
            sort=list(order) if order else "-x",
            title=label_title,
            axis=alt.Axis(labelLimit=190),
        ),
        x=alt.X(
            f"{value}:Q",
            title=title,
            axis=alt.Axis(format=number, tickCount=4, grid=False),
        ),
        tooltip=[
            alt.Tooltip(f"{label}:N", title=label_title or label),
            alt.Tooltip(f"{value}:Q", format=number, title=title),
            *tooltip,
        ],
    )
    coloured = base.encode(color=colour) if colour is not None else base
    return (
        coloured.mark_bar(cornerRadiusEnd=3)
        + base.mark_text(align="left", dx=5, color=ink()).encode(
            text=alt.Text(f"{value}:Q", format=number)
        )
    ).properties(height=alt.Step(BAR_HEIGHT))


def line_with_interval(
    rows: pd.DataFrame,
    time: str,
    value: str,
    low: str,
    high: str,
    *,
    title: str,
    number: str = ".0f",
    tooltip: Sequence[str | alt.Tooltip] = (),
) -> alt.LayerChart:
    """Draw a figure over time with the interval that it lies in."""
    base = alt.Chart(rows).encode(
        x=alt.X(f"{time}:T", title=None, axis=alt.Axis(format=MONTHS)),
        tooltip=[
            alt.Tooltip(f"{time}:T"),
            alt.Tooltip(f"{value}:Q", format=number, title=title),
            alt.Tooltip(f"{low}:Q", format=number, title="from"),
            alt.Tooltip(f"{high}:Q", format=number, title="to"),
            *tooltip,
        ],
    )
    scale = alt.Scale(zero=False, nice=True)
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y(f"{low}:Q", title=title, scale=scale), y2=f"{high}:Q"
    )
    line = base.mark_line(point=True).encode(y=alt.Y(f"{value}:Q", scale=scale))
    return (band + line).properties(height=260)


def stacked(
    rows: pd.DataFrame,
    label: str,
    value: str,
    part: str,
    *,
    title: str,
    parts: Sequence[str],
    colours: Sequence[str],
    share: bool = False,
) -> alt.Chart:
    """Draw bars made of parts, in the order and colours given."""
    # Beside the names of the bars, a phone has room for two short names, or a long one.
    columns = 2 if max(map(len, parts)) < 16 else 1
    return (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            y=alt.Y(f"{label}:N", title=None, axis=alt.Axis(labelLimit=190)),
            x=alt.X(
                f"{value}:Q",
                title=title,
                stack="normalize" if share else "zero",
                axis=alt.Axis(format="%", grid=False, tickCount=5)
                if share
                else SHORT_ACROSS,
            ),
            color=alt.Color(
                f"{part}:N",
                title=None,
                scale=alt.Scale(domain=list(parts), range=list(colours)),
                legend=alt.Legend(orient="top", columns=columns, labelLimit=150),
            ),
            order=alt.Order("part_order:Q"),
            tooltip=[f"{label}:N", f"{part}:N", alt.Tooltip(f"{value}:Q", format=",")],
        )
        .transform_calculate(
            part_order=f"indexof({list(parts)!r}, datum['{part}'])",
        )
        .properties(height=alt.Step(BAR_HEIGHT + 8))
    )
