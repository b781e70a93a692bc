"""Finding customers: a box for any fragment of what they are known by.

What is typed stays between the box and this process: it is in no address and no log.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import customers, search
from app.access import Person, Right, reading
from app.finding import find
from app.restricted import restrictions_for
from app.web.customer.links import customer_link
from app.web.figures import count, money, nothing, sentence
from app.web.releases import current_release, journal
from app.web.text import line

_MOST = 20
_KINDS = {
    "name": "by name",
    "email": "by e-mail address",
    "phone": "by phone number",
    "id": "by an id of a source",
    "order": "by order number",
    "customer_id": "by customer id",
}


def page(person: Person | None) -> None:
    """Show the box, and whom it finds, to who is signed in."""
    if person is None:
        return
    st.title("Find a customer", anchor=False)
    sees_all = person.may(Right.SEE_PERSONAL_DATA)
    text = st.text_input(
        "Name, e-mail, phone, order number or id"
        if sees_all
        else "Customer id or order number",
        max_chars=search.MAX_LENGTH,
        placeholder="Any part of it; typos are forgiven" if sees_all else "C0000000042",
        key="search",
        help=None
        if sees_all
        else "Your role sees no personal data, so it cannot search by it either: "
        "whoever may ask for an address learns whose it is.",
    ).strip()
    if not text:
        _welcome(person)
        return
    with st.spinner("Searching …"):
        found = find(current_release(), journal(), person, text, _MOST)
    if not found:
        nothing(
            "Nobody resembles that. Try another part of the name, or the last digits "
            "of the phone number. Who never gave a name, address or number is a "
            "visitor, and not found here."
            if sees_all
            else "No customer has or had this id or order. Ids look like C0000000042."
        )
        return
    shown = "the best" if len(found) == _MOST else "all"
    st.caption(f"{count(len(found))} found, {shown} shown.")
    for row in found:
        _result(row, person)


def _result(row: dict[str, Any], person: Person) -> None:
    with st.container(border=True, gap="xxsmall", key=f"result-{row['customer_id']}"):
        sees_all = person.may(Right.SEE_PERSONAL_DATA)
        name = row["display_name"] if sees_all else None
        customer_link(row["customer_id"], name or row["customer_id"])
        if row.get("is_restricted"):
            line([row["customer_id"], "restricted: kept and not used"])
            return
        place = ", ".join(filter(None, (row["city"], row["country_code"])))
        known = (row["customer_id"], row["email"], row["phone"]) if sees_all else ()
        line([*known, place, row["company"] if sees_all else None])
        facts = [
            sentence(row["lifecycle_stage"] or ""),
            sentence(row["rfm_segment"] or ""),
            "1 order"
            if row["order_count"] == 1
            else f"{count(row['order_count'])} orders",
            f"{money(row['revenue_reporting'])} revenue",
        ]
        if kind := row.get("matched_kind"):
            is_seen = kind in ("name", "customer_id") or not row["matched_text"]
            value = "" if is_seen else f": {row['matched_text']}"
            facts.append(f"found {_KINDS[kind]}{value}")
        line(facts)


def _welcome(person: Person) -> None:
    st.caption(
        "Every search and every profile that is opened is in the access log, under "
        "your name and without what was typed."
    )
    release = current_release()
    with reading(release, person) as connection:
        rows = connection.execute(
            "select customer_id from marts.customers "
            "order by revenue_reporting desc nulls last, customer_id limit 5"
        ).fetchall()
        best = customers.summaries(connection, [customer_id for (customer_id,) in rows])
    best = restrictions_for(person, release, journal().data).conceal(best)
    if not best:
        nothing(
            "The release has no identified customer yet: no source has stated an "
            "e-mail address, phone number or the like of anybody."
        )
        return
    st.header("Customers with the most revenue", anchor=False)
    for row in best:
        _result(row, person)
