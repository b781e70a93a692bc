"""Who comes back after a first purchase, month by month."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from app.web.figures import currency, figure, nothing, percent, tiles
from app.web.marts import rows

_COHORTS = """
select
    strftime(cohort_month, '%Y-%m') || '  (n = ' || cohort_customer_count || ')'
        as cohort,
    cohort_month,
    cohort_customer_count,
    months_since,
    is_complete,
    customer_count,
    retention_share,
    cast(cumulative_revenue_reporting as double) / cohort_customer_count
        as revenue_a_customer
from marts.cohort_retention
where cohort_customer_count > 0
order by cohort_month, months_since
"""
# Light enough that dark figures are read on each, whatever the theme.
_SHADES = ["#eaf2fb", "#69a8e2"]
_STILL_RUNNING, _INK = "#d9dfe7", "#10233f"
_MEASURES = {
    "Customers who came back": ("retention_share", ".0%"),
    "Revenue a customer so far": ("revenue_a_customer", ",.0f"),
}


def page() -> None:
    """Show cohorts and retention in the release in use."""
    st.title("Cohorts and retention", anchor=False)
    cohorts = rows(_COHORTS)
    if cohorts.empty:
        nothing(
            "No identified customer has bought anything yet: a cohort begins with a "
            "first sale."
        )
        return
    _key_figures(cohorts)
    measure = st.segmented_control(
        "Measure", list(_MEASURES), default=next(iter(_MEASURES)), required=True
    )
    column, number = _MEASURES[measure]
    later = cohorts[cohorts["months_since"] > 0] if number == ".0%" else cohorts
    figure(
        f"{measure}, by cohort and month"
        if number == ".0%"
        else f"{measure} ({currency()}), by cohort and month",
        later,
        lambda r: _heat_map(r, column, number),
        counts="Customers by month of their first sale (n is the size of the cohort, "
        "and the denominator of every cell). A month that still runs is grey. Sales "
        "before the first file are unknown, so the first cohorts hold old customers.",
        mart="cohort_retention",
        empty="The first cohort is not a month old; come back when it is.",
        columns={
            "cohort": "Cohort",
            "months_since": "Months since",
            "customer_count": "Came back",
            "cohort_customer_count": "Of",
            "retention_share": "Share",
            "revenue_a_customer": "Revenue a customer so far",
            "is_complete": "Month is over",
        },
    )
    _curve(cohorts)


def _key_figures(cohorts: pd.DataFrame) -> None:
    complete = cohorts[cohorts["is_complete"]]

    def after(months: int) -> str:
        then = complete[complete["months_since"] == months]
        size = then["cohort_customer_count"].sum()
        return percent(then["customer_count"].sum() / size if size else None)

    tiles(
        *(
            (
                f"After {months} month{'s' if months > 1 else ''}",
                after(months),
                f"Of the customers of all cohorts whose month {months} is over, those "
                "who bought in it.",
            )
            for months in (1, 3, 6)
        )
    )


def _heat_map(cohorts: pd.DataFrame, column: str, number: str) -> alt.LayerChart:
    unit = "share" if number == ".0%" else f"revenue a customer, {currency()}"
    base = alt.Chart(cohorts).encode(
        x=alt.X(
            "months_since:O",
            title="months since the first sale",
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y(
            "cohort:N",
            sort=alt.SortField("cohort_month"),
            title=None,
            axis=alt.Axis(labelLimit=160),
        ),
        tooltip=[
            alt.Tooltip("cohort:N"),
            alt.Tooltip("months_since:O", title="months since"),
            alt.Tooltip("customer_count:Q", title="came back"),
            alt.Tooltip("cohort_customer_count:Q", title="of"),
            alt.Tooltip(f"{column}:Q", title=unit, format=number),
            alt.Tooltip("is_complete:N", title="month is over"),
        ],
    )
    cells = base.mark_rect(cornerRadius=2).encode(
        color=alt.condition(
            "datum.is_complete",
            alt.Color(f"{column}:Q", legend=None, scale=alt.Scale(range=_SHADES)),
            alt.value(_STILL_RUNNING),
        ),
    )
    figures = base.mark_text(fontSize=11, color=_INK).encode(
        text=alt.Text(f"{column}:Q", format=number)
    )
    return (cells + figures).properties(height=alt.Step(27))


def _curve(cohorts: pd.DataFrame) -> None:
    later = cohorts[cohorts["is_complete"] & (cohorts["months_since"] > 0)]
    curve = later.groupby("months_since", as_index=False)[
        ["customer_count", "cohort_customer_count"]
    ].sum()
    curve["share"] = curve["customer_count"] / curve["cohort_customer_count"]
    figure(
        "Retention over all cohorts",
        curve,
        lambda r: (
            alt.Chart(r)
            .mark_line(point=True)
            .encode(
                x=alt.X(
                    "months_since:O",
                    title="months since the first sale",
                    axis=alt.Axis(labelAngle=0),
                ),
                y=alt.Y("share:Q", title="customers back", axis=alt.Axis(format="%")),
                tooltip=[
                    alt.Tooltip("months_since:O", title="months since"),
                    alt.Tooltip("share:Q", title="customers back", format=".1%"),
                    alt.Tooltip("customer_count:Q", title="came back", format=","),
                    alt.Tooltip("cohort_customer_count:Q", title="of", format=","),
                ],
            )
            .properties(height=240)
        ),
        counts="Customers who bought in the month, by all customers of the cohorts "
        "whose month that far on is over: each cohort weighs by its size.",
        mart="cohort_retention",
        empty="The first cohort is not a month old; come back when it is.",
    )
