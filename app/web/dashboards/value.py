"""What customers are worth, who is likely to leave, and how good such forecasts are."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from app.web.charts import BAR_HEIGHT, SHORT, bars
from app.web.dashboards.performance import model_name, model_performance
from app.web.figures import (
    BAD,
    GOOD,
    WARNING,
    count,
    currency,
    figure,
    money,
    nothing,
    percent,
    tiles,
)
from app.web.marts import rows

_RISKS = ("high", "medium", "low")
_BY_RISK = """
select
    churn.churn_risk as risk,
    count(*) as customers,
    cast(sum(customers.lifetime_value_reporting) as double) as lifetime_value,
    cast(sum(customers.revenue_reporting) as double) as revenue
from marts.customer_churn as churn
inner join marts.customers as customers on churn.customer_id = customers.customer_id
group by all
"""
_REASONS = """
select
    split_part(first_reason, ':', 1) as fact,
    case
        when first_reason like '%(higher risk)' then 'raises the risk'
        else 'lowers the risk'
    end as effect,
    count(*) as customers
from marts.customer_churn
where first_reason is not null
group by all
order by customers desc
limit 15
"""


def page() -> None:
    """Show value and churn of the customers in the release in use."""
    st.title("Value and churn", anchor=False)
    by_risk = rows(_BY_RISK)
    deciles = rows(
        "select value_decile, count(*) as customers, "
        "cast(sum(lifetime_value_reporting) as double) as lifetime_value, "
        "any_value(model) as model "
        "from marts.customer_value group by all order by value_decile"
    )
    if deciles.empty:
        nothing(
            "Nobody has bought anything yet, so no value can be forecast. Orders come "
            "from the shop and till sources; Data quality says what arrived."
        )
    else:
        _key_figures(deciles, by_risk)
        left, right = st.columns(2, gap="large")
        with left:
            _value(deciles)
        with right:
            _churn(by_risk)
        left, right = st.columns(2, gap="large")
        with left:
            _chances()
        with right:
            _reasons()
    model_performance()


def _key_figures(deciles: pd.DataFrame, by_risk: pd.DataFrame) -> None:
    total = deciles["lifetime_value"].sum()
    top = deciles.loc[deciles["value_decile"] == 1, "lifetime_value"].sum()
    high = by_risk[by_risk["risk"] == "high"]
    tiles(
        (
            "Lifetime value",
            money(total),
            "Revenue expected in 365 days of all customers, discounted by 10% a year.",
        ),
        (
            "Top tenth's share",
            percent(top / total if total else None),
            "Share of it that the most valuable tenth of customers brings.",
        ),
        (
            "At high risk",
            count(high["customers"].sum()),
            "Customers who do not order within 90 days with a chance of 80% or more.",
        ),
        (
            "Revenue at risk",
            money(high["revenue"].sum()),
            "What customers at high risk have brought so far.",
        ),
    )


def _value(deciles: pd.DataFrame) -> None:
    models = ", ".join(map(model_name, sorted(deciles["model"].unique())))
    figure(
        "Lifetime value by tenth of customers",
        deciles,
        lambda r: (
            alt.Chart(r)
            .mark_bar(cornerRadiusEnd=3)
            .encode(
                x=alt.X(
                    "value_decile:O",
                    title="tenth, 1 the most valuable",
                    axis=alt.Axis(labelAngle=0),
                ),
                y=alt.Y(
                    "lifetime_value:Q",
                    title=f"lifetime value, {currency()}",
                    axis=SHORT,
                    scale=alt.Scale(nice=5),
                ),
                tooltip=[
                    alt.Tooltip("value_decile:O", title="tenth"),
                    alt.Tooltip("customers:Q", format=","),
                    alt.Tooltip(
                        "lifetime_value:Q",
                        title=f"lifetime value, {currency()}",
                        format=",.0f",
                    ),
                ],
            )
            .properties(height=260)
        ),
        counts=f"Revenue in {currency()} expected in the 365 days after the cut-off "
        f"of customers with a purchase, by {models}.",
        mart="customer_value",
        empty="",
        columns={
            "value_decile": "Tenth",
            "customers": "Customers",
            "lifetime_value": "Lifetime value",
        },
    )


def _churn(by_risk: pd.DataFrame) -> None:
    figure(
        "Customers by risk of leaving",
        by_risk,
        lambda r: bars(
            r,
            "risk",
            "customers",
            title="customers",
            order=_RISKS,
            colour=alt.Color(
                "risk:N",
                scale=alt.Scale(domain=list(_RISKS), range=[BAD, WARNING, GOOD]),
                legend=None,
            ),
            tooltip=[alt.Tooltip("revenue:Q", format=",.0f")],
        ),
        counts="Customers with an order, by the chance that none follows within 90 "
        "days: high from 80%, medium from 50%.",
        mart="customer_churn, customers",
        empty="No customer has an order to be followed by another.",
    )


def _chances() -> None:
    figure(
        "How the chances are spread",
        rows(
            "select least(floor(churn_probability * 10) / 10, 0.9) as chance_from, "
            "count(*) as customers from marts.customer_churn group by all order by all"
        ),
        lambda r: (
            alt.Chart(r)
            .mark_bar()
            .encode(
                x=alt.X(
                    "chance_from:O",
                    title="chance of not ordering, from",
                    axis=alt.Axis(format=".0%", labelAngle=0),
                ),
                y=alt.Y("customers:Q", title="customers"),
                tooltip=[
                    alt.Tooltip("chance_from:O", title="chance from", format=".0%"),
                    alt.Tooltip("customers:Q", format=","),
                ],
            )
            .properties(height=240)
        ),
        counts="Customers with an order by their chance of not ordering for 90 days.",
        mart="customer_churn",
        empty="No customer has an order yet.",
    )


def _reasons() -> None:
    figure(
        "What speaks most for or against leaving",
        rows(_REASONS),
        lambda r: (
            alt.Chart(r)
            .mark_bar()
            .encode(
                y=alt.Y("fact:N", sort="-x", title=None, axis=alt.Axis(labelLimit=210)),
                x=alt.X("customers:Q", title="customers", axis=alt.Axis(grid=False)),
                color=alt.Color(
                    "effect:N",
                    title=None,
                    scale=alt.Scale(
                        domain=["raises the risk", "lowers the risk"],
                        range=[BAD, GOOD],
                    ),
                    legend=alt.Legend(orient="top", direction="vertical"),
                ),
                tooltip=["fact:N", "effect:N", "customers:Q"],
            )
            .properties(height=alt.Step(BAR_HEIGHT))
        ),
        counts="Customers by the fact that moves their chance most from the average.",
        mart="customer_churn",
        empty="Nothing stands out about any customer: all are near the average.",
    )
