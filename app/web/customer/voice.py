"""What a customer said: answers to surveys, tickets, and how they sound."""

from __future__ import annotations

import streamlit as st

from app.web.customer.parts import Profile
from app.web.figures import duration, nothing, percent, sentence
from app.web.text import facts, listing


def show(profile: Profile) -> None:
    """Show answers, tickets and sentiment."""
    golden = profile.golden_record
    sentiment = profile.part("scores")["sentiment"]
    facts(
        {
            "Latest NPS answer": _score(golden["latest_nps"]),
            "Latest CSAT answer": _score(golden["latest_csat"]),
            "Latest CES answer": _score(golden["latest_ces"]),
            "Latest text sounds": sentence(golden["latest_sentiment"] or ""),
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
                    "channel": sentence(row["channel"] or ""),
                    "sentiment": sentence(row["sentiment"] or ""),
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


def _score(score: float | None) -> str | None:
    return None if score is None else f"{score:g}"


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
                "channel": sentence(row["channel"] or ""),
                "sentiment": sentence(row["sentiment"] or ""),
                "satisfaction": sentence(row["satisfaction"] or ""),
                "first_reply_hours": duration(row["first_reply_hours"]),
                "resolution_hours": duration(row["resolution_hours"]),
                "text": ": ".join(filter(None, (row["subject"], row["body"])))[:400],
            }
            for row in tickets
        ),
        {
            "opened_at": "Opened (UTC)",
            "status": "Status",
            "channel": "Channel",
            "text": "What it is about",
            "first_reply_hours": "Replied in",
            "resolution_hours": "Solved in",
            "satisfaction": "Rated",
            "sentiment": "Sounds",
        },
        caption="Support tickets",
    )
