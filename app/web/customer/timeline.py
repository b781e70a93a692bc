"""Everything that happened with a customer, newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from html import escape
from itertools import groupby
from typing import Any

import streamlit as st

from app.access import reading
from app.timeline import facets, timeline
from app.web.customer.parts import Profile
from app.web.figures import count, nothing, sentence


def show(profile: Profile) -> None:
    """Show the timeline with its filters."""
    with reading(profile.release, profile.person) as connection:
        kinds = facets(connection, profile.customer_id)
    st.header("Timeline", anchor=False)
    total = sum(kind["interaction_count"] for kind in kinds)
    st.caption(
        f"{count(total)} interactions, through every channel; a blue mark is what the "
        "customer did, a grey one what we did. Times are UTC. From "
        "`marts.interactions`."
    )
    if not kinds:
        nothing("Nothing has happened yet: this customer is known from records alone.")
        return
    channels, types, since, until = _filters(kinds)
    asked = (profile.customer_id, *channels, "|", *types, str(since), str(until))
    if st.session_state.get("_timeline") != asked:
        st.session_state["_timeline"] = asked
        st.session_state["_pages"] = [None]
    rows: list[dict[str, Any]] = []
    following: str | None = None
    with reading(profile.release, profile.person) as connection:
        for after in st.session_state["_pages"]:
            page = timeline(
                connection,
                profile.customer_id,
                after=after,
                channels=channels,
                types=types,
                since=since,
                until=until,
            )
            rows += page.rows
            following = page.next_page
    if not rows:
        nothing("Nothing matches these filters: take one away.")
        return
    st.html("".join(_day(day, on_it) for day, on_it in groupby(rows, key=_date)))
    if following and st.button("Show older", icon=":material/expand_more:"):
        st.session_state["_pages"].append(following)
        st.rerun()


def _filters(
    kinds: list[dict[str, Any]],
) -> tuple[list[str], list[str], datetime | None, datetime | None]:
    left, middle, right = st.columns([2, 2, 2])
    channels = left.multiselect(
        "Channels", sorted({kind["channel"] for kind in kinds}), format_func=sentence
    )
    types = middle.multiselect(
        "Kinds",
        sorted({kind["interaction_type"] for kind in kinds}),
        format_func=sentence,
    )
    days = right.date_input("Days", value=[], format="YYYY-MM-DD")
    days = days if isinstance(days, tuple) else (days,)
    since = datetime.combine(days[0], time.min) if days else None
    until = datetime.combine(days[1], time.max) if len(days) > 1 else None
    return channels, types, since, until


def _date(row: dict[str, Any]) -> date:
    return row["occurred_at"].date()


def _day(day: date, rows: Iterable[dict[str, Any]]) -> str:
    items = "".join(map(_item, rows))
    return f'<h3 class="c360">{day:%Y-%m-%d, %A}</h3><ol class="c360">{items}</ol>'


def _item(row: dict[str, Any]) -> str:
    at = row["occurred_at"]
    kind = sentence(row["interaction_type"])
    subject = row["subject"] or ""
    if kind == "Other" and subject:
        kind, subject = sentence(subject), ""
    # Sources name many events by their kind.
    elif subject.lower() == kind.lower():
        subject = ""
    where = " · ".join(filter(None, (row["channel"], row["source_system"])))
    about = f" <span>{escape(subject)}</span>" if subject else ""
    more = f"<p>{escape(row['body'][:400])}</p>" if row["body"] else ""
    return (
        f'<li class="{escape(row["direction"] or "")}">'
        f'<time datetime="{at:%Y-%m-%dT%H:%M:%S}Z">{at:%H:%M}</time>'
        f"<div><strong>{escape(kind)}</strong>{about} "
        f"<small>{escape(where)}</small>{more}</div></li>"
    )
