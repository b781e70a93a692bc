"""What may be done with a customer's data, by purpose and channel."""

from __future__ import annotations

import streamlit as st

from app.web.customer.parts import Profile
from app.web.figures import NO, YES, nothing, sentence
from app.web.text import listing

_CHANNELS = ("email", "sms", "phone", "post", "ads")


def show(profile: Profile) -> None:
    """Show consents, and by which channels marketing may reach the customer."""
    golden = profile.golden_record
    reached = [name for name in _CHANNELS if golden[f"is_contactable_{name}"]]
    st.header("Marketing may reach them by", anchor=False)
    with st.container(horizontal=True, gap="small"):
        for channel in reached:
            st.badge(sentence(channel), color="green", icon=":material/check:")
        if not reached:
            st.badge("no channel", color="gray")
    st.header("Consents", anchor=False)
    st.caption(
        "The latest statement of each contact point holds, and a refusal wins across "
        "them. What is not listed was never stated, and is no consent. From "
        "`marts.consents`."
    )
    consents = profile.part("consents")
    if not consents:
        nothing("Nothing was ever stated: nothing may be sent.")
        return
    listing(
        (
            row
            | {
                "purpose": sentence(row["purpose"]),
                "channel": sentence(row["channel"]),
                "is_granted": f"{YES} granted"
                if row["is_granted"]
                else f"{NO} not granted",
                "standing": sentence(row["standing"] or ""),
                "legal_basis": sentence(row["legal_basis"] or ""),
            }
            for row in consents
        ),
        {
            "purpose": "Purpose",
            "channel": "Channel",
            "is_granted": "May we?",
            "standing": "How it stands",
            "legal_basis": "Legal basis",
            "stated_at": "Stated (UTC)",
            "expires_at": "Until (UTC)",
            "jurisdiction": "Law of",
        },
        caption="Consents of the customer",
    )
