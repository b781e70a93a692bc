"""Whom a customer belongs with: household, company, segments, and the way so far."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.web.customer.links import customer_link
from app.web.customer.parts import Profile
from app.web.figures import count, money, nothing, sentence
from app.web.text import facts, listing


def show(profile: Profile) -> None:
    """Show household, company, segments and journey."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Household", anchor=False)
        _members(
            profile,
            profile.part("household"),
            {"Family name": "family_name", "Street": "street", "City": "city"},
            "No address of this customer is known, so no household is.",
        )
    with right:
        st.header("Company", anchor=False)
        _members(
            profile,
            profile.part("account"),
            {"Name": "name", "Domain": "domain", "Industry": "industry"},
            "Neither the CRM nor an e-mail address tells of a company.",
        )
    st.header("Segments", anchor=False)
    segments = profile.part("segments")
    if segments:
        listing(
            (
                row
                | {
                    "kind": sentence(row["kind"]),
                    "since": row["member_since"] and row["member_since"].date(),
                }
                for row in segments
            ),
            {
                "name": "Segment",
                "kind": "Kind",
                "since": "Since",
                "description": "Who is in it",
            },
            caption="Segments of the customer",
        )
    else:
        nothing("This customer meets the definition of no segment.")
    _journey(profile)


def _members(
    profile: Profile, group: dict[str, Any] | None, columns: dict[str, str], why: str
) -> None:
    if group is None:
        nothing(why)
        return
    facts(
        {label: group[column] for label, column in columns.items()}
        | {
            "Members": group["member_count"],
            "Revenue": money(group["revenue_reporting"]),
        }
    )
    others = [m for m in group["members"] if m["customer_id"] != profile.customer_id]
    with st.container(horizontal=True, gap="small"):
        for member in others[:10]:
            name = None if profile.is_masked else member["display_name"]
            customer_link(member["customer_id"], name or member["customer_id"])
    if len(others) > 10:
        st.caption(f"and {count(len(others) - 10)} more")


def _journey(profile: Profile) -> None:
    steps = profile.part("journey")
    if not steps:
        return
    with st.expander(f"The way so far ({count(len(steps))} stages and moments)"):
        listing(
            (
                row | {"step": sentence(row["step"]), "kind": sentence(row["kind"])}
                for row in steps
            ),
            {
                "entered_at": "When (UTC)",
                "kind": "Kind",
                "step": "Stage or moment",
                "left_at": "Left (UTC)",
            },
            caption="Journey of the customer",
        )
