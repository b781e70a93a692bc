"""The golden record: each cell with the record that states it, and why it won."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.web.customer.parts import Profile
from app.web.figures import count, nothing, sentence
from app.web.text import facts, listing

_RULES = {
    "most_recent": "stated last",
    "most_frequent": "stated most often",
    "longest": "the longest",
    "trusted_system": "the system is trusted most for it",
    "only_value": "nobody states another",
    "not_deleted": "the other record was deleted",
}


def show(profile: Profile) -> None:
    """Show who the customer is, and where each cell of that is from."""
    golden = profile.golden_record
    facts(
        {
            "First seen": golden["first_seen_at"],
            "Last seen": golden["last_seen_at"],
            "Records": golden["record_count"],
            "Source systems": golden["source_count"],
            "Favourite category": golden["favourite_category"],
            "Favourite channel": sentence(golden["favourite_channel"] or ""),
            "Days between orders": _days(golden["average_days_between_orders"]),
            "Loyalty points": golden["loyalty_points"],
        }
    )
    sources = profile.part("attribute_sources")
    st.header("Golden record", anchor=False)
    st.caption(
        "Each value with the record that states it, and why it won over others. From "
        "`marts.customer_attribute_sources`."
    )
    if sources:
        listing(
            (
                row
                | {
                    "attribute": sentence(row["attribute"]),
                    "rule": _RULES.get(row["rule"], row["rule"]),
                }
                for row in in_reading_order(sources, golden)
            ),
            {
                "attribute": "Attribute",
                "value": "Value",
                "source_system": "From",
                "rule": "Why this one",
                "stated_at": "Stated (UTC)",
                "record_key": "Record",
            },
            caption="Golden record with the source of each value",
        )
    else:
        nothing("No source has stated a name, address or number of this customer.")
    _identifiers(profile)
    _before(profile)
    _traits(profile)


def in_reading_order(
    sources: list[dict[str, Any]], golden: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Sort attributes as `marts.customers` has them: name, contacts, address."""
    place = {attribute: number for number, attribute in enumerate(golden)}
    return sorted(sources, key=lambda row: place.get(row["attribute"], len(place)))


def _days(days: float | None) -> str | None:
    return None if days is None else f"{days:.1f}"


def _identifiers(profile: Profile) -> None:
    st.header("Addresses, numbers and ids", anchor=False)
    st.caption("All that lead to this customer. From `marts.customer_identifiers`.")
    listing(
        (
            row
            | {
                "identifier_type": sentence(row["identifier_type"]),
                "is_verified": "yes" if row["is_verified"] else "",
            }
            for row in profile.part("identifiers")
        ),
        {
            "identifier_type": "Kind",
            "identifier_value": "Value",
            "source_systems": "Stated by",
            "is_verified": "Verified",
            "last_seen_at": "Last seen (UTC)",
        },
        caption="Identifiers of the customer",
    )
    former = profile.part("former_ids")
    if former:
        st.caption(f"Earlier customer ids: {', '.join(former)}.")


def _before(profile: Profile) -> None:
    versions = profile.part("history")
    if len(versions) < 2:
        return
    with st.expander(f"What was known before ({count(len(versions))} versions)"):
        listing(
            versions,
            {
                "committed_from": "From (UTC)",
                "display_name": "Name",
                "email": "E-mail",
                "phone": "Phone",
                "city": "City",
                "lifecycle_stage": "Stage",
                "rfm_segment": "RFM",
            },
            caption="Versions of the customer",
        )


def _traits(profile: Profile) -> None:
    traits = profile.part("traits")
    if not traits:
        return
    with st.expander(f"What others say of them ({count(len(traits))} traits)"):
        st.caption(
            "Third parties and surveys; what is said of an area need not be true of "
            "the person. From `marts.customer_traits`."
        )
        listing(
            (row | {"trait": sentence(row["trait"])} for row in traits),
            {
                "trait": "Trait",
                "value": "Value",
                "said_of": "Said of the",
                "as_of": "As of",
            },
            caption="Traits of the customer",
        )
