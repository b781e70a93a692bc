"""What campaigns cost and brought, by every model of attribution side by side."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from app.web.charts import SHORT_ACROSS, bars
from app.web.figures import (
    AMOUNT,
    DASH,
    NO,
    YES,
    count,
    currency,
    figure,
    heading,
    money,
    nothing,
    sentence,
    table,
    tiles,
)
from app.web.marts import rows
from app.web.text import listing

_MODELS = (
    "first",
    "last",
    "attributed",
    "linear",
    "time_decay",
    "position_based",
    "markov",
)
_BY_CHANNEL = f"""
with

channels as (

    select
        channel,
        cast(sum(cost_reporting) as double) as cost,
        {
    ", ".join(
        f"cast(sum({model}_revenue_reporting) as double) as {model}"
        for model in _MODELS
    )
}
    from marts.campaign_performance
    group by channel

)

unpivot channels on {", ".join(_MODELS)} into name model value revenue
"""
_CAMPAIGNS = """
select
    name, channel, starts_at,
    cast(cost_reporting as double) as cost,
    session_count, attributed_order_count,
    cast(attributed_revenue_reporting as double) as revenue,
    roas, markov_roas, unsubscribed_count
from marts.campaign_performance
order by revenue desc nulls last, cost desc nulls last, name
"""


def page() -> None:
    """Show campaigns and attribution in the release in use."""
    st.title("Campaigns and attribution", anchor=False)
    campaigns = rows(_CAMPAIGNS)
    if campaigns.empty:
        nothing(
            "No tool has told of a campaign yet: campaigns come from the e-mail and "
            "advertising sources. Data quality says what arrived."
        )
        return
    spend, revenue = campaigns["cost"].sum(), campaigns["revenue"].sum()
    paid = campaigns[campaigns["cost"] > 0]["revenue"].sum()
    tiles(
        ("Spend", money(spend), "What advertising cost, in the reporting currency."),
        (
            "Revenue credited",
            money(revenue),
            "Of sales that a campaign last led to within the attribution window.",
        ),
        (
            "ROAS",
            f"{paid / spend:.1f}" if spend else DASH,
            "Revenue credited to campaigns with spend, by that spend.",
        ),
    )
    _models()
    left, right = st.columns(2, gap="large")
    with left:
        _returns(campaigns)
    with right:
        _removal()
    _list(campaigns)
    _uplift()


def _models() -> None:
    by_channel = rows(_BY_CHANNEL).assign(
        model=lambda r: (
            r["model"].replace("attributed", "last_non_direct").map(sentence)
        )
    )
    figure(
        "Revenue by channel, as each model credits it",
        by_channel[by_channel["revenue"] > 0],
        lambda r: (
            alt.Chart(r)
            .mark_bar()
            .encode(
                y=alt.Y("model:N", title=None, sort=None),
                x=alt.X(
                    "revenue:Q",
                    title=f"revenue credited, {currency()}",
                    axis=SHORT_ACROSS,
                ),
                color=alt.Color(
                    "channel:N", title=None, legend=alt.Legend(orient="top", columns=3)
                ),
                tooltip=[
                    "model:N",
                    "channel:N",
                    alt.Tooltip("revenue:Q", format=",.0f"),
                ],
            )
            .properties(height=alt.Step(30))
        ),
        counts="Revenue of sales credited to campaigns by seven models over the same "
        "paths. What a model leaves out it credits to visits without a campaign, so "
        "totals differ. Where models disagree, believe none alone.",
        mart="campaign_performance",
        empty="No sale has a campaign on its path.",
        columns={"model": "Model", "channel": "Channel", "revenue": "Revenue"},
    )


def _returns(campaigns: pd.DataFrame) -> None:
    # By return alone, what cost two dollars and met one sale would lead.
    paid = campaigns[campaigns["cost"] > 0].nlargest(15, "cost")
    paid = paid.sort_values("roas", ascending=False)
    figure(
        "Return on spend (ROAS)",
        paid[["name", "roas", "markov_roas", "cost", "revenue"]],
        lambda r: bars(
            r,
            "name",
            "roas",
            title="revenue for each unit spent",
            number=".1f",
            tooltip=[
                alt.Tooltip("cost:Q", format=",.0f"),
                alt.Tooltip("revenue:Q", format=",.0f"),
                alt.Tooltip("markov_roas:Q", format=".1f"),
            ],
        ),
        counts="Revenue credited by the last touch that was not direct, by spend, of "
        "the 15 campaigns with the most spend.",
        mart="campaign_performance",
        empty="No campaign has any spend; advertising costs come from the ads source.",
    )


def _removal() -> None:
    figure(
        "What would be lost without a channel",
        rows(
            "select channel, sum(removal_effect * sold_path_count) "
            "/ nullif(sum(sold_path_count), 0) as effect "
            "from marts.channel_effects group by all "
            "having sum(sold_path_count) > 0 order by effect desc"
        ),
        lambda r: bars(r, "channel", "effect", title="share of sales", number=".0%"),
        counts="Share of sales lost if whoever is led to the channel is lost (Markov "
        "chain over paths, mean of the months by sales). Shares exceed 100% "
        "together, since a path leads over several channels.",
        mart="channel_effects",
        empty="No path has led to a sale yet.",
        columns={"channel": "Channel", "effect": "Removal effect"},
    )


def _list(campaigns: pd.DataFrame) -> None:
    heading(
        "All campaigns",
        "Campaigns of every tool; sales by the last touch that was not direct. ROAS "
        "is empty where nothing was spent.",
        "campaign_performance",
    )
    ratio = st.column_config.NumberColumn(format="%.1f")
    table(
        campaigns,
        {
            "name": "Campaign",
            "channel": "Channel",
            "starts_at": "Start",
            "cost": "Spend",
            "session_count": "Sessions",
            "attributed_order_count": "Sales",
            "revenue": "Revenue",
            "roas": "ROAS",
            "markov_roas": "ROAS (Markov)",
            "unsubscribed_count": "Unsubscribed",
        },
        cost=AMOUNT,
        revenue=AMOUNT,
        roas=ratio,
        markov_roas=ratio,
        starts_at=st.column_config.DateColumn(),
    )


def _uplift() -> None:
    heading(
        "Did it do more than leaving people alone?",
        "Arms of experiments against their control group, per customer, with 95% "
        "intervals; pp are percentage points.",
        "experiment_uplift",
    )
    found = rows(
        "select experiment, arm, outcome, customer_count, control_customer_count, "
        "mean, control_mean, uplift, uplift_lower, uplift_upper, is_significant "
        "from marts.experiment_uplift order by all"
    )
    if found.empty:
        nothing(
            "No experiment is known. An audience with a control_share holds customers "
            "back; once it was exported and its window is over, the uplift is here "
            "(docs/guides/activation.md)."
        )
        return
    listing(
        (_outcome(row) for row in found.to_dict("records")),
        {
            "experiment": "Experiment",
            "arm": "Arm",
            "outcome": "Outcome",
            "mean": "Mean",
            "control_mean": "In control",
            "uplift": "Uplift",
            "interval": "95% interval",
            "verdict": "More than chance?",
            "sizes": "Customers",
        },
        caption="Uplift of each experiment",
    )


def _outcome(row: dict) -> dict:
    """Write an outcome in its unit: shares in points, money in the currency."""
    is_money = row["outcome"].endswith("_reporting")

    def written(value: float, sign: str = "") -> str:
        if is_money:
            return f"{value:{sign},.2f} {currency()}"
        return f"{100 * value:{sign}.1f}{' pp' if sign else '%'}"

    return row | {
        "outcome": sentence(row["outcome"]),
        "mean": written(row["mean"]),
        "control_mean": written(row["control_mean"]),
        "uplift": written(row["uplift"], "+"),
        "sizes": f"{count(row['customer_count'])} against "
        f"{count(row['control_customer_count'])}",
        "interval": f"{written(row['uplift_lower'], '+')} to "
        f"{written(row['uplift_upper'], '+')}",
        "verdict": f"{YES} yes" if row["is_significant"] else f"{NO} may be chance",
    }
