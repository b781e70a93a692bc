"""What is expected of a customer, on what evidence, and how good such forecasts are."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.web.customer.parts import Profile
from app.web.dashboards.performance import model_name, model_performance
from app.web.figures import money, nothing, percent, sentence
from app.web.text import facts, listing, plain

_SCORES = (
    "customer_churn",
    "customer_value",
    "customer_recommendations",
    "customer_clusters",
    "customer_anomalies",
    "customer_sentiment",
    "send_times",
)
_BASELINES = frozenset(
    (
        "share_lapsed_at_that_recency",
        "last_period",
        "bestsellers",
        "best_hour_of_all",
        "distance_from_everybody",
        "groups_by_spend",
        "majority",
    )
)


def show(profile: Profile) -> None:
    """Show the scores, each with what it rests on."""
    scores = profile.part("scores")
    if not any(scores.values()):
        nothing(
            "No score yet: scores need an order, a text or a login of the customer."
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        _churn(scores["churn"])
        _anomaly(scores["anomaly"])
        _send_times(scores["send_times"])
    with right:
        _value(scores["value"], scores["rfm"], scores["cluster"])
        _recommendations(scores["recommendations"])
    model_performance(_SCORES)


def _model(score: dict[str, Any]) -> None:
    """Say which model a score is from, and that it is the baseline where it is."""
    model = score["model"]
    if model in _BASELINES:
        st.caption(
            "The learnt model did not beat the baseline here, so this is the "
            f"baseline: {model_name(model)}."
        )
    else:
        st.caption(f"By {model_name(model)}, as of {score['as_of']:%Y-%m-%d}.")


def _churn(churn: dict[str, Any] | None) -> None:
    st.header("Risk of leaving", anchor=False)
    if churn is None:
        nothing("Only who has ordered can cease to: there is no order yet.")
        return
    st.progress(
        min(max(churn["churn_probability"], 0.0), 1.0),
        text=f"{percent(churn['churn_probability'])} chance that no order follows "
        f"within 90 days: {churn['churn_risk']} risk",
    )
    reasons = [churn[f"{place}_reason"] for place in ("first", "second", "third")]
    st.markdown("\n".join(f"- {plain(why)}" for why in filter(None, reasons)))
    if not any(reasons):
        st.markdown("Nothing stands out against the average customer.")
    _model(churn)


def _value(
    value: dict[str, Any] | None,
    rfm: dict[str, Any] | None,
    cluster: dict[str, Any] | None,
) -> None:
    st.header("Value", anchor=False)
    if value is None:
        nothing("There is no purchase to forecast from.")
        return
    facts(
        {
            "Lifetime value": money(value["lifetime_value_reporting"]),
            "Tenth of customers (1 is best)": value["value_decile"],
            "Purchases expected in 90 days": (
                f"{value['expected_purchases_90_days']:.1f}"
            ),
            "Worth of each": money(value["expected_purchase_value_reporting"]),
            "Days with a purchase": value["purchase_days"],
            "RFM scores": " / ".join(
                str(rfm[f"{part}_score"])
                for part in ("recency", "frequency", "monetary")
            )
            if rfm
            else None,
            "Behaves like": cluster["cluster_name"] if cluster else None,
        }
    )
    _model(value)


def _recommendations(products: list[dict[str, Any]]) -> None:
    st.header("May like next", anchor=False)
    if not products:
        nothing("Nothing is recommended: nothing is sold, or all of it was bought.")
        return
    listing(
        (
            product
            | {
                "why": sentence(product["reason"])
                + (
                    f": {product['reason_product_name']}"
                    if product["reason_product_name"]
                    else ""
                )
            }
            for product in products
        ),
        {
            "recommendation_rank": "Rank",
            "product_name": "Product",
            "product_category": "Category",
            "why": "Why",
        },
        caption="Recommended products",
    )
    _model(products[0])


def _anomaly(anomaly: dict[str, Any] | None) -> None:
    st.header("Unusual?", anchor=False)
    if anomaly is None:
        nothing("Nothing was done in the last 30 days that could be unusual.")
        return
    if anomaly["is_anomalous"]:
        st.warning(
            f"Looks like {plain((anomaly['looks_like'] or '').replace('_', ' '))}: "
            f"{plain(anomaly['reason'] or '')}",
            icon=":material/warning:",
        )
    else:
        st.markdown("The last 30 days are as usual for this customer.")
    _model(anomaly)


def _send_times(times: list[dict[str, Any]]) -> None:
    st.header("When to write", anchor=False)
    if not times:
        nothing("No channel is known in which this customer acts.")
        return
    zones = sorted({row["time_zone"] or "UTC" for row in times})
    st.caption(f"Hours of the customer's own clock ({', '.join(zones)}).")
    listing(
        (
            row
            | {
                "channel": sentence(row["channel"]),
                "hour": f"{row['best_hour']:02d}:00",
                "share": percent(row["expected_share"]),
                "evidence": sentence(row["evidence"]),
            }
            for row in times
        ),
        {
            "channel": "Channel",
            "hour": "Best hour",
            "share": "Expected then",
            "evidence": "Rests on",
        },
        caption="Best hours by channel",
    )
