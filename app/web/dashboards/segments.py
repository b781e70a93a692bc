"""Who the customers are, in which segments, and who moves between them."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from app.web.charts import BAR_HEIGHT, MONTHS, SHORT, bars
from app.web.figures import (
    count,
    currency,
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

_KEY_FIGURES = """
select
    count(*) as customers,
    count(*) filter (where order_count > 0) as buyers,
    sum(revenue_reporting) as revenue,
    count(*) filter (where first_seen_at > newest - interval 30 days) as new_ones,
    count(*) filter (where is_contactable_email) as mailable
from marts.customers
cross join (select max(last_seen_at) as newest from marts.customers)
"""
_STAGES = ("prospect", "new", "active", "lapsed")
_MOVEMENT = """
with

moves as (

    select segment_id, member_since as moved_at, 1 as joined, 0 as departed
    from marts.segment_history
    where member_since > (select min(member_since) from marts.segment_history)

    union all

    select segment_id, member_until, 0, 1
    from marts.segment_history
    where member_until is not null

)

select
    date_trunc('day', moves.moved_at) as day,
    coalesce(segments.name, moves.segment_id) as segment,
    sum(moves.joined) as joined,
    sum(moves.departed) as departed
from moves
left join marts.segments as segments on moves.segment_id = segments.segment_id
group by all
order by all
"""
_STAGE_MOVES = """
select
    lag(lifecycle_stage) over each_customer as was,
    lifecycle_stage as is_now,
    committed_from
from marts.customer_history
window each_customer as (partition by customer_id order by committed_from)
qualify was is not null and was <> is_now
"""


def page() -> None:
    """Show customers, segments and movement in the release in use."""
    st.title("Customers and segments", anchor=False)
    key = rows(_KEY_FIGURES).iloc[0]
    if not key["customers"]:
        nothing(
            "The release has no identified customer: no source stated an e-mail "
            "address, phone number or other identifier of a person yet."
        )
        return
    tiles(
        ("Customers", count(key["customers"]), "Identified people."),
        ("Buyers", count(key["buyers"]), "Customers with a sale that stands."),
        ("Revenue", money(key["revenue"]), "Of all sales, less refunds."),
        ("New in 30 days", count(key["new_ones"]), "First seen in the last 30 days."),
        (
            "Reached by e-mail",
            percent(key["mailable"] / key["customers"]),
            "Customers with consent to marketing by e-mail, and an address.",
        ),
    )
    _stages_and_rfm()
    _segments()
    _movement()
    _where_it_goes()


def _stages_and_rfm() -> None:
    left, right = st.columns(2, gap="large")
    with left:
        figure(
            "Lifecycle",
            rows(
                "select coalesce(lifecycle_stage, 'unknown') as stage, "
                "count(*) as customers from marts.customers group by all"
            ),
            lambda r: bars(r, "stage", "customers", title="customers", order=_STAGES),
            counts="Identified customers by lifecycle stage at the cut-off.",
            mart="customers",
            empty="No customers yet.",
        )
    with right:
        figure(
            "RFM segments",
            rows(
                "select replace(rfm_segment, '_', ' ') as segment, "
                "count(*) as customers, "
                "cast(sum(revenue_reporting) as double) as revenue "
                "from marts.customer_rfm group by all order by customers desc"
            ),
            lambda r: bars(
                r,
                "segment",
                "customers",
                title="customers",
                tooltip=[alt.Tooltip("revenue:Q", format=",.0f")],
            ),
            counts="Customers with a sale, by fifths of recency, frequency and value.",
            mart="customer_rfm",
            empty="Nobody has bought anything yet, so there is nothing to rank.",
        )


def _segments() -> None:
    heading(
        "Segments",
        "Identified customers who meet the definition at the cut-off; a customer may "
        "be in several. Revenue is of all sales to members.",
        "segments",
    )
    found = rows(
        "select name, kind, customer_count, customer_share, "
        "cast(revenue_reporting as double) as revenue, "
        "cast(mean_lifetime_value_reporting as double) as lifetime_value, description "
        "from marts.segments order by customer_count desc, name"
    )
    if found.empty:
        nothing("There is no file in models/segments/; docs/guides/add-a-segment.md.")
        return
    listing(
        (
            row
            | {
                "kind": sentence(row["kind"]),
                "customer_share": percent(row["customer_share"]),
                "revenue": money(row["revenue"]),
                "lifetime_value": money(row["lifetime_value"]),
            }
            for row in found.to_dict("records")
        ),
        {
            "name": "Segment",
            "description": "Who is in it",
            "kind": "Kind",
            "customer_count": "Customers",
            "customer_share": "Share",
            "revenue": "Revenue",
            "lifetime_value": "Mean lifetime value",
        },
        caption="All segments",
    )


def _movement() -> None:
    moves = rows(_MOVEMENT)
    sides = moves.melt(
        ["day", "segment"], ["joined", "departed"], "direction", "customers"
    )
    sides = sides[sides["customers"] > 0].assign(
        signed=lambda r: r["customers"].where(
            r["direction"] == "joined", -r["customers"]
        )
    )
    figure(
        "Movement between segments",
        sides,
        lambda r: (
            alt.Chart(r)
            .mark_bar()
            .encode(
                x=alt.X("signed:Q", title="customers: ← left · joined →"),
                y=alt.Y("segment:N", title=None, axis=alt.Axis(labelLimit=190)),
                color=alt.Color(
                    "direction:N", title=None, legend=alt.Legend(orient="top")
                ),
                tooltip=["day:T", "segment:N", "direction:N", "customers:Q"],
            )
            .properties(height=alt.Step(BAR_HEIGHT))
        ),
        counts="Customers who came to a segment or left it, by the cut-offs of runs "
        "after the first.",
        mart="segment_history",
        empty="Only one cut-off is known so far. Movement appears from the next run "
        "on that brings new data: who joined and who left each segment.",
        columns={
            "day": "Day",
            "segment": "Segment",
            "direction": "Direction",
            "customers": "Customers",
        },
    )
    stages = rows(
        f"select was, is_now, count(*) as customers from ({_STAGE_MOVES}) "
        "group by all order by customers desc"
    )
    if not stages.empty:
        heading(
            "Movement between lifecycle stages",
            "Customers whose stage differs from that of their version before.",
            "customer_history",
        )
        listing(
            (
                row | {"was": sentence(row["was"]), "is_now": sentence(row["is_now"])}
                for row in stages.to_dict("records")
            ),
            {"was": "Was", "is_now": "Is now", "customers": "Customers"},
            caption="Movement between lifecycle stages",
        )


def _where_it_goes() -> None:
    st.header("Where it is going", anchor=False)
    metrics = rows("select distinct metric from marts.trends order by metric")
    if metrics.empty:
        nothing("Trends need complete weeks of data; there are none yet.")
        return
    left, right = st.columns(2)
    metric = left.selectbox("Figure", metrics["metric"], format_func=sentence)
    period = right.segmented_control(
        "Period", ["day", "week", "month"], default="week", required=True
    )
    found = rows(
        "select period_start, value, forecast, lower_80, upper_80, forecast_method "
        "from marts.trends where metric = ? and period = ? order by period_start",
        metric,
        period,
    )
    figure(
        f"{sentence(metric)} by {period}",
        found,
        lambda r: _trend(
            r, f"revenue, {currency()}" if metric == "revenue" else sentence(metric)
        ),
        counts="Complete periods, and what is expected of those to come: eight in ten "
        "figures lie within the band. Revenue is less refunds.",
        mart="trends",
        empty=f"No complete {period} yet, or too few to go by: choose a shorter one.",
    )


def _trend(found: pd.DataFrame, title: str) -> alt.LayerChart:
    base = alt.Chart(found).encode(
        x=alt.X("period_start:T", title=None, axis=alt.Axis(format=MONTHS))
    )
    day = alt.Tooltip("period_start:T", title="from", format="%Y-%m-%d")

    def figure(column: str, name: str) -> alt.Tooltip:
        return alt.Tooltip(f"{column}:Q", title=name, format=",.1f")

    past = base.mark_line().encode(
        y=alt.Y("value:Q", title=title, axis=SHORT),
        tooltip=[day, figure("value", title)],
    )
    expected = base.mark_line(strokeDash=[5, 4]).encode(
        y="forecast:Q",
        tooltip=[
            day,
            figure("forecast", "expected"),
            figure("lower_80", "at least"),
            figure("upper_80", "at most"),
            alt.Tooltip("forecast_method:N", title="by"),
        ],
    )
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("lower_80:Q", title=title), y2="upper_80:Q"
    )
    return (band + past + expected).properties(height=260)
