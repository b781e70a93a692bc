"""Why these records are one person: links with their reasons, cuts, and the queue."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.web.customer import queue as waiting
from app.web.customer.graph import identity_graph
from app.web.customer.parts import Profile
from app.web.figures import count, nothing, percent, sentence
from app.web.text import listing


def show(profile: Profile) -> None:
    """Show the records of a customer and all that joins or parts them."""
    records = profile.part("records")
    links = profile.part("identity_links")
    cuts = profile.part("identity_cuts")
    queue = profile.part("review_queue")
    st.header("What joins the records", anchor=False)
    st.caption(
        "Boxes are records of source systems, circles what they state. A line says "
        "who states what; a dashed red one was cut, a dotted one waits for a steward, "
        "and a pale box is a device that was seen with this person. Choose any with a "
        "click for its reason; all are listed below. From "
        "`marts.identity_links`, `identity_cuts`, `identity_review_queue`."
    )
    if not links:
        nothing(
            "One record alone: nothing had to join it to another."
            if len(records) == 1
            else "Devices were seen with this person; no other evidence joins them."
        )
    if links or cuts or queue:
        identity_graph(records, links, cuts, queue)
    _links(links)
    _cuts(cuts)
    waiting.show(profile, queue)
    _records(records)
    _changes(profile)


def reason(link: dict[str, Any]) -> str:
    """Say in words why a link is there."""
    if link["link_type"] == "match":
        chance = percent(link["match_probability"], 1)
        return (
            f"looks like {link['stated_record_key']} ({chance}): {link['explanation']}"
        )
    if link["link_type"] == "identifier":
        verified = ", verified" if link["is_verified"] else ""
        seen = link["times_seen"]
        times = f", stated {count(seen)} times" if seen > 1 else ""
        return (
            f"states this {sentence(link['identifier_type']).lower()}{verified}{times}"
        )
    who = "a steward" if link["link_type"] == "steward" else "the source"
    relation = (link["relation"] or "").replace("_", " ")
    return f"{who} says {relation}: {link['stated_record_key']}"


def _links(links: list[dict[str, Any]]) -> None:
    if links:
        listing(
            (
                link
                | {
                    "what": link["identifier_value"] or link["stated_record_key"],
                    "why": reason(link),
                }
                for link in links
            ),
            {
                "record_key": "Record",
                "what": "Evidence",
                "why": "Why it joins",
                "last_seen_at": "Last stated (UTC)",
            },
            caption="Every link of the customer with its reason",
        )


def _cuts(cuts: list[dict[str, Any]]) -> None:
    st.header("Evidence that was not used", anchor=False)
    if not cuts:
        nothing("No rule had to cut anything of this customer.")
        return
    listing(
        (
            cut
            | {
                "identifier_type": sentence(cut["identifier_type"]),
                "rejection_reason": sentence(cut["rejection_reason"]),
            }
            for cut in cuts
        ),
        {
            "record_key": "Record",
            "identifier_type": "Kind",
            "identifier_value": "Value",
            "rejection_reason": "Rule",
            "people_count": "People who state it",
            "kept_by_record_key": "Went to",
        },
        caption="Evidence that was cut, with the rule",
    )


def _records(records: list[dict[str, Any]]) -> None:
    with st.expander(f"Records ({count(len(records))})"):
        listing(
            records,
            {
                "record_key": "Record",
                "source_system": "System",
                "entity": "Kind",
                "link_type": "Joined by",
                "confidence": "Confidence",
                "valid_from": "From (UTC)",
                "valid_to": "To (UTC)",
            },
            caption="Records of the customer",
        )


def _changes(profile: Profile) -> None:
    changes = profile.part("identity_changes")
    noun = "change" if len(changes) == 1 else "changes"
    with st.expander(f"How this customer came to be ({count(len(changes))} {noun})"):
        listing(
            changes,
            {
                "changed_at": "When (UTC)",
                "change": "What",
                "old_customer_id": "Old id",
                "new_customer_id": "New id",
                "record_count": "Records",
                "evidence": "Because of",
                "evidence_value": "Value",
            },
            caption="Changes of the customer id",
        )
