"""How well records become people, and what changed about who is who."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from app.web.charts import bars
from app.web.figures import (
    count,
    figure,
    heading,
    money,
    nothing,
    percent,
    sentence,
    tiles,
)
from app.web.marts import rows
from app.web.text import listing

_LATEST = """
select basis, metric, dimension, value, previous_value
from marts.identity_quality
where identity_version = (select max(identity_version) from marts.identity_quality)
"""
_SIZES = ("1", "2", "3", "4", "5", "6-10", "11-20", "21-50", "51-100", "over 100")
_CANARIES = {
    "share_over_3_given_names": "more than 3 given names",
    "share_over_3_family_names": "more than 3 family names",
    "share_over_5_postcodes": "more than 5 postcodes",
}


def page() -> None:
    """Show the quality of identity in the release in use."""
    st.title("Identity", anchor=False)
    latest = rows(_LATEST)
    if latest.empty:
        nothing(
            "No build of identity has been measured yet. `c360 run` measures each "
            "build; the figures show from the run after the first on."
        )
        return
    _key_figures(latest)
    left, right = st.columns(2, gap="large")
    with left:
        _match_rates(latest)
        _canaries(latest)
    with right:
        _sizes(latest)
        _cuts()
    _changes()
    _over_time()
    _waiting()


def _value(latest: pd.DataFrame, metric: str, basis: str = "canary") -> float | None:
    found = latest[
        (latest["metric"] == metric)
        & (latest["basis"] == basis)
        & (latest["dimension"] == "")
    ]["value"]
    return None if found.empty else float(found.iloc[0])


def _key_figures(latest: pd.DataFrame) -> None:
    known = [
        ("Customers", count(_value(latest, "customers")), "Identified people."),
        (
            "Visitors",
            count(_value(latest, "visitors")),
            "Clusters of records that hold no identifier of a person.",
        ),
        (
            "Largest customer",
            f"{count(_value(latest, 'biggest_customer_records'))} records",
            "A customer of very many records is often several people.",
        ),
    ]
    if (_value(latest, "f1", "truth")) is not None:
        known += [
            (
                name,
                percent(_value(latest, metric, "truth"), 1),
                f"{meaning} Known since this is a sample world with its truth.",
            )
            for name, metric, meaning in (
                ("Precision", "precision", "Joined pairs of records that are right."),
                ("Recall", "recall", "Pairs of one person that were joined."),
                ("F1", "f1", "The harmonic mean of the two."),
            )
        ]
    tiles(*known)


def _match_rates(latest: pd.DataFrame) -> None:
    found = latest[latest["metric"] == "match_rate"][
        ["dimension", "value", "previous_value"]
    ]
    figure(
        "Match rate by source",
        found,
        lambda r: bars(r, "dimension", "value", title="share joined", number=".0%"),
        counts="Share of each system's person records that are joined with another "
        "record, in the latest build of identity.",
        mart="identity_quality",
        empty="No source has a record of a person. Look at Data quality for what "
        "came in.",
        columns={
            "dimension": "System",
            "value": "Match rate",
            "previous_value": "Build before",
        },
    )


def _sizes(latest: pd.DataFrame) -> None:
    found = latest[latest["metric"] == "customers_by_records"]
    figure(
        "Customers by number of records",
        found[["dimension", "value"]],
        lambda r: bars(
            r,
            "dimension",
            "value",
            title="customers",
            label_title="records",
            order=_SIZES,
        ),
        counts="Customers and visitors of the latest build by how many source records "
        "they are made of; devices are not counted.",
        mart="identity_quality",
        empty="No customer has been made yet.",
        columns={"dimension": "Records", "value": "Customers"},
    )


def _canaries(latest: pd.DataFrame) -> None:
    heading(
        "Canaries",
        "Share of customers of the latest build who look like several people.",
        "identity_quality",
    )
    found = latest[latest["metric"].isin(_CANARIES)].assign(
        canary=lambda r: r["metric"].map(_CANARIES),
        now=lambda r: r["value"].map(lambda v: percent(v, 2)),
        before=lambda r: r["previous_value"].map(lambda v: percent(v, 2)),
    )
    listing(
        found.to_dict("records"),
        {"canary": "Customers with", "now": "Share", "before": "Build before"},
        caption="Signs of customers who are several people",
    )


def _cuts() -> None:
    figure(
        "Evidence that was not used, by rule",
        rows(
            "select replace(rejection_reason, '_', ' ') as rule, count(*) as cuts, "
            "count(distinct customer_id) as customers "
            "from marts.identity_cuts group by all order by cuts desc"
        ),
        lambda r: bars(r, "rule", "cuts", title="pieces of evidence"),
        counts="Records and pieces of evidence that were kept from joining others, by "
        "the rule that cut them.",
        mart="identity_cuts",
        empty="No rule had to cut any evidence: nothing to check here.",
    )


def _changes() -> None:
    figure(
        "Merges, splits and moves over time",
        rows(
            "select date_trunc('day', changed_at) as day, change, count(*) as changes "
            "from marts.identity_changes where change <> 'created' "
            "group by all order by all"
        ),
        lambda r: (
            alt.Chart(r)
            .mark_bar()
            .encode(
                x=alt.X("yearmonthdate(day):O", title=None),
                y=alt.Y("changes:Q", title="changes of ids"),
                color=alt.Color(
                    "change:N", title=None, legend=alt.Legend(orient="top")
                ),
                tooltip=["day:T", "change:N", "changes:Q"],
            )
            .properties(height=240)
        ),
        counts="Customer ids that went into another, came out of one, exchanged "
        "records or were retired, by day of the run. First sightings are left out.",
        mart="identity_changes",
        empty="No id has changed since it was given. Merges and splits appear here "
        "from the first run on that brings new evidence about known records.",
    )


def _over_time() -> None:
    builds = rows(
        "select measured_at, metric, value from marts.identity_quality "
        "where dimension = '' and metric in ('precision', 'recall', 'f1', "
        "'b_cubed_f1') order by measured_at"
    )
    if builds["measured_at"].nunique() < 2:
        return
    figure(
        "Quality, build by build",
        builds,
        lambda r: (
            alt.Chart(r)
            .mark_line(point=True)
            .encode(
                x=alt.X("measured_at:T", title=None),
                y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
                color=alt.Color("metric:N", title=None),
            )
        ),
        counts="Pairs of records, judged against the known truth, in every build.",
        mart="identity_quality",
        empty="",
    )


def _waiting() -> None:
    heading(
        "Waiting for a steward",
        "Pairs of records that may be one person, by why they were kept apart; "
        "`c360 identity review` lists them, the most revenue first.",
        "identity_review_queue",
    )
    found = rows(
        "select reason, count(*) as pairs, "
        "avg(confidence) as confidence, "
        "cast(sum(revenue_reporting) as double) as at_stake "
        "from marts.identity_review_queue group by all order by pairs desc"
    )
    if found.empty:
        nothing("Nobody waits: every pair is clearly one person or clearly two.")
        return
    listing(
        (
            row
            | {
                "reason": sentence(row["reason"]),
                "confidence": percent(row["confidence"]),
                "at_stake": money(row["at_stake"]),
            }
            for row in found.to_dict("records")
        ),
        {
            "reason": "Why",
            "pairs": "Pairs",
            "confidence": "Mean chance of one person",
            "at_stake": "Revenue at stake",
        },
        caption="Pairs that wait, by reason",
    )
