"""What a customer bought, line by line, and what was given back."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app.web.customer.parts import Profile
from app.web.figures import count, currency, nothing, sentence
from app.web.text import listing

_MOST = 100
_AT_ONCE = 20


def show(profile: Profile) -> None:
    """Show orders with their lines, and refunds."""
    orders = profile.part("orders")
    st.header("Orders", anchor=False)
    st.caption(
        "Amounts are in the currency of the order; cancelled orders count in no "
        "figure. From `marts.orders`, `order_lines`, `refunds`."
    )
    if not orders:
        nothing("This customer has not ordered anything that a source tells of.")
        return
    _by_month(orders)
    _table(orders[:_AT_ONCE])
    older = orders[_AT_ONCE:_MOST]
    if older:
        with st.expander(f"Older orders ({count(len(older))})"):
            _table(older)
    if len(orders) > _MOST:
        st.caption(f"The newest {_MOST} of {count(len(orders))} orders.")
    _lines(profile, {row["order_key"]: row["order_number"] for row in orders})
    _refunds(profile)


def _by_month(orders: list[dict[str, Any]]) -> None:
    """Draw what was bought by month, where there is more than one to compare."""
    kept = [row for row in orders if row["is_sale"] and row["ordered_at"]]
    bought = pd.DataFrame(
        {
            "month": [pd.Period(row["ordered_at"], "M") for row in kept],
            "net": [float(row["net_reporting"] or 0) for row in kept],
        }
    )
    if bought["month"].nunique() < 2:
        return
    by_month = bought.groupby("month")["net"].agg(["sum", "size"])
    every = pd.period_range(by_month.index.min(), by_month.index.max(), freq="M")
    months = by_month.reindex(every, fill_value=0)
    months = pd.DataFrame(
        {
            "month": every.strftime("%Y-%m"),
            "net": months["sum"].to_numpy(),
            "orders": months["size"].to_numpy(),
        }
    )
    chart = (
        alt.Chart(months)
        .mark_bar(cornerRadiusEnd=3)
        .encode(
            x=alt.X(
                "month:O",
                title=None,
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy"),
            ),
            y=alt.Y("net:Q", title=f"net, {currency()}", axis=alt.Axis(tickCount=4)),
            tooltip=[
                alt.Tooltip("month:O"),
                alt.Tooltip("net:Q", title=f"net, {currency()}", format=",.2f"),
                alt.Tooltip("orders:Q", title="orders"),
            ],
        )
        .properties(height=150)
    )
    st.altair_chart(chart, width="stretch", alt="Net amount of the orders by month")


def _table(orders: list[dict[str, Any]]) -> None:
    listing(
        (
            row
            | {
                "status": sentence(row["status"]),
                "channel": sentence(row["channel"] or ""),
                "refunded": row["refunded"] or None,
            }
            for row in orders
        ),
        {
            "ordered_at": "Ordered (UTC)",
            "order_number": "Order",
            "channel": "Channel",
            "status": "Status",
            "line_count": "Lines",
            "net": "Net",
            "refunded": "Refunded",
            "currency": "Currency",
        },
        caption="Orders of the customer",
    )


def _lines(profile: Profile, numbers: dict[str, str]) -> None:
    lines = profile.part("order_lines")
    with st.expander(f"What was in them ({count(len(lines))} lines)"):
        listing(
            (
                line | {"order": numbers.get(line["order_key"], line["order_key"])}
                for line in lines[: 3 * _MOST]
            ),
            {
                "ordered_at": "Ordered (UTC)",
                "order": "Order",
                "name": "Product",
                "category": "Category",
                "quantity": "Quantity",
                "net": "Net",
                "currency": "Currency",
            },
            caption="Lines of the orders",
        )


def _refunds(profile: Profile) -> None:
    refunds = profile.part("refunds")
    if refunds:
        st.header("Refunds", anchor=False)
        listing(
            (
                row
                | {
                    "reason": sentence(row["reason"] or ""),
                    "status": sentence(row["status"] or ""),
                }
                for row in refunds
            ),
            {
                "refunded_at": "When (UTC)",
                "reason": "Reason",
                "status": "Status",
                "amount": "Amount",
                "currency": "Currency",
            },
            caption="Refunds of the customer",
        )
