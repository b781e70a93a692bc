"""What a customer bought, line by line, and what was given back."""

from __future__ import annotations

import streamlit as st

from app.web.customer.parts import Profile
from app.web.figures import count, nothing, sentence
from app.web.text import listing

_MOST = 100


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
    listing(
        (row | {"status": sentence(row["status"])} for row in orders[:_MOST]),
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
    if len(orders) > _MOST:
        st.caption(f"The newest {_MOST} of {count(len(orders))} orders.")
    _lines(profile, {row["order_key"]: row["order_number"] for row in orders})
    _refunds(profile)


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
            refunds,
            {
                "refunded_at": "When (UTC)",
                "reason": "Reason",
                "status": "Status",
                "amount": "Amount",
                "currency": "Currency",
            },
            caption="Refunds of the customer",
        )
