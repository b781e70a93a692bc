"""What a customer said: answers to surveys, tickets, and how they sound."""

from __future__ import annotations

import streamlit as st

from app.web.customer.parts import Profile
from app.web.figures import nothing, percent, sentence
from app.web.text import facts, listing


def show(profile: Profile) -> None:
    """Show answers, tickets and sentiment."""
    golden = profile.golden_record
    sentiment = profile.part("scores")["sentiment"]
    facts(
        {
            "Latest NPS answer": golden["latest_nps"],
            "Latest CSAT answer": golden["latest_csat"],
            "Latest CES answer": golden["latest_ces"],
            "Latest text sounds": golden["latest_sentiment"],
            "Texts": sentiment["text_count"] if sentiment else None,
            "Of them negative": percent(sentiment["share_negative"])
            if sentiment
            else None,
        }
    )
    st.header("Answers to surveys", anchor=False)
    answers = profile.part("survey_responses")
    if answers:
        listing(
            (
                row
                | {
                    "survey_type": row["survey_type"].upper(),
                    "answer": f"{row['score']:g} of {row['scale_max']:g}",
                }
                for row in answers
            ),
            {
                "answered_at": "When (UTC)",
                "survey_type": "Survey",
                "answer": "Answer",
                "channel": "Channel",
                "comment": "Comment",
                "sentiment": "Sounds",
            },
            caption="Answers to surveys",
        )
    else:
        nothing("This customer has not answered a survey.")
    _tickets(profile)


def _tickets(profile: Profile) -> None:
    st.header("Support tickets", anchor=False)
    tickets = profile.part("tickets")
    if not tickets:
        nothing("This customer has never asked for help.")
        return
    listing(
        (
            row
            | {
                "status": sentence(row["status"] or ""),
                "text": ": ".join(filter(None, (row["subject"], row["body"])))[:400],
            }
            for row in tickets
        ),
        {
            "opened_at": "Opened (UTC)",
            "status": "Status",
            "channel": "Channel",
            "text": "What it is about",
            "first_reply_hours": "Hours to reply",
            "resolution_hours": "Hours to solve",
            "satisfaction": "Rated",
            "sentiment": "Sounds",
        },
        caption="Support tickets",
    )
