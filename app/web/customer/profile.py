"""The page of one customer: who they are, and everything that is known, tab by tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.access import Person
from app.identity import UnknownCustomerError
from app.restricted import RestrictedError
from app.web.customer import (
    consents,
    golden_record,
    groups,
    identity,
    orders,
    privacy,
    scores,
    timeline,
    voice,
)
from app.web.customer.parts import Profile
from app.web.figures import count, money, nothing, percent, sentence, tiles
from app.web.text import line, plain, shown

TABS: dict[str, Callable[[Profile], None]] = {
    "Profile": golden_record.show,
    "Identity": identity.show,
    "Timeline": timeline.show,
    "Orders": orders.show,
    "Scores": scores.show,
    "Satisfaction": voice.show,
    "Consent": consents.show,
    "Groups": groups.show,
    "Privacy": privacy.show,
}


def page(person: Person | None) -> None:
    """Show the customer whose id is in the address, to who is signed in."""
    if person is None:
        return
    asked = st.query_params.get("id", "")
    try:
        profile = Profile(person, asked)
        golden = profile.golden_record
    except UnknownCustomerError:
        _unknown(asked)
        return
    except RestrictedError as error:
        st.title("Restricted", anchor=False)
        st.warning(plain(f"{error}"), icon=":material/lock:")
        return
    profile.log_view()
    _head(profile, golden)
    if asked.strip().upper() != profile.customer_id:
        st.info(
            f"{plain(asked)} has become {profile.customer_id}: this is the customer of "
            "today.",
            icon=":material/merge:",
        )
    if profile.is_restricted:
        st.warning(
            "This data is restricted (GDPR, article 18): keep it, and use it for "
            "nothing but what the request needs. Your role sees it; others do not.",
            icon=":material/lock:",
        )
    tabs = st.tabs(list(TABS), on_change="rerun", key="tab")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        # Only what is looked at is read.
        if tab.open:
            with tab:
                show(profile)


def _unknown(asked: str) -> None:
    st.title("No such customer", anchor=False)
    nothing(
        f"The release knows no customer {plain(asked[:40])}, now or under an older id. "
        "It may be a visitor whom nobody identified, or somebody whose data was "
        "erased. Search by name, address or number instead."
        if asked
        else "The address names no customer. Find one by name, address or number."
    )


def _head(profile: Profile, golden: dict) -> None:
    place = ", ".join(filter(None, (golden["city"], golden["country_code"])))
    if profile.is_masked:
        # A pseudonym serves joins; it is no name to call anybody by.
        st.title(profile.customer_id, anchor=False)
        line([place])
        st.caption(
            "Your role sees no personal data: names, addresses and numbers are "
            "pseudonyms, and texts are left out."
        )
    else:
        st.title(plain(golden["display_name"] or profile.customer_id), anchor=False)
        line([profile.customer_id, golden["email"], golden["phone"], place])
    _badges(golden)
    tiles(
        ("Revenue", money(golden["revenue_reporting"]), "All sales, less refunds."),
        ("Orders", count(golden["order_count"]), "Sales that stand."),
        ("Last order", shown(golden["last_order_at"])[:10], "Day of it, UTC."),
        (
            "Lifetime value",
            money(golden["lifetime_value_reporting"]),
            "Revenue expected in the next 365 days.",
        ),
        (
            "Chance of leaving",
            percent(golden["churn_probability"]),
            "Chance that no order follows within 90 days.",
        ),
    )


def _open_tickets(tickets: int | None) -> str | None:
    if not tickets:
        return None
    return f"{count(tickets)} open ticket{'s' if tickets > 1 else ''}"


def _badges(golden: dict) -> None:
    risk = golden["churn_risk"]
    badges: list[tuple[str | None, Any]] = [
        (golden["lifecycle_stage"], "blue"),
        (golden["rfm_segment"], "violet"),
        (
            f"{risk} risk of leaving" if risk else None,
            {"high": "red", "medium": "orange"}.get(risk, "green"),
        ),
        (
            _open_tickets(golden["open_ticket_count"]),
            "orange",
        ),
        (
            "may be e-mailed"
            if golden["is_contactable_email"]
            else "no marketing e-mail",
            "green" if golden["is_contactable_email"] else "gray",
        ),
    ]
    with st.container(horizontal=True, gap="small"):
        for text, colour in badges:
            if text:
                st.badge(plain(sentence(text)), color=colour)
