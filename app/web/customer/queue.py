"""What waits for a steward about a customer: both of a pair side by side, and a word.

Belongs here: showing pairs, and taking a decision. Does not belong here: who waits
(models/identity), and keeping decisions (orchestration/identity/decisions.py).
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.access import Right, log
from app.identity import UnknownCustomerError
from app.web.customer.links import customer_link
from app.web.customer.parts import Profile
from app.web.figures import count, money, nothing, percent
from app.web.releases import journal
from app.web.text import listing, plain, shown
from orchestration.identity.decisions import DecisionError, decide

_MOST = 20
_COMPARED = {
    "display_name": "Name",
    "birth_date": "Born",
    "email": "E-mail",
    "phone": "Phone",
    "street": "Street",
    "postal_code": "Postcode",
    "city": "City",
    "company": "Company",
    "first_seen_at": "First seen (UTC)",
    "last_seen_at": "Last seen (UTC)",
}

Pair = dict[str, Any]


def show(profile: Profile, queue: list[Pair]) -> None:
    """Show who may be the same person, and let whoever may decide do so."""
    if not queue:
        return
    st.header("Waiting for a steward", anchor=False)
    st.caption("Records that may be the same person, and why they were kept apart.")
    for place, pair in enumerate(queue[:_MOST]):
        with st.container(border=True, gap="xsmall"):
            _pair(profile, pair, place)
    if len(queue) > _MOST:
        st.caption(f"and {count(len(queue) - _MOST)} more: `c360 identity review`")


def _pair(profile: Profile, pair: Pair, place: int) -> None:
    is_first = pair["customer_id"] == profile.customer_id
    other = "other_" if is_first else ""
    customer_id = pair[f"{other}customer_id"]
    name = None if profile.is_masked else pair[f"{other}display_name"]
    customer_link(customer_id, name or customer_id)
    st.caption(
        f"{plain(pair['record_key'])} and {plain(pair['other_record_key'])}: "
        f"{plain(pair['reason'].replace('_', ' '))}, "
        f"{percent(pair['confidence'])} likely one person"
    )
    if not profile.person.may(Right.DECIDE):
        return
    opened = st.expander(
        "Compare and decide",
        icon=":material/gavel:",
        key=f"pair-{place}",
        on_change="rerun",
    )
    # The other is a person whose data is looked at, which is logged; not unasked.
    if opened.open:
        with opened:
            _compare(profile, customer_id)
            _decide(profile, pair, place)


def _compare(profile: Profile, customer_id: str) -> None:
    other = Profile(profile.person, customer_id)
    if st.session_state.get("_compared") != (profile.customer_id, other.customer_id):
        log(
            journal(),
            profile.person,
            "profile.view",
            subject=other.customer_id,
            details={"by": "app", "beside": profile.customer_id},
        )
        st.session_state["_compared"] = (profile.customer_id, other.customer_id)
    try:
        one, two = (_written(each.golden_record) for each in (profile, other))
    except UnknownCustomerError:
        nothing("The other has no identifier of a person yet, so nothing to compare.")
        return
    listing(
        (
            {"what": what, "one": one[what], "two": two[what]}
            for what in one
            if one[what] != two[what] or one[what] != shown(None)
        ),
        {"what": "What", "one": profile.customer_id, "two": other.customer_id},
        caption="Both customers side by side",
    )


def _written(golden: dict[str, Any]) -> dict[str, str]:
    said = {name: shown(golden[column]) for column, name in _COMPARED.items()}
    return said | {
        "Orders": count(golden["order_count"]),
        "Revenue": money(golden["revenue_reporting"]),
    }


def _decide(profile: Profile, pair: Pair, place: int) -> None:
    said = st.text_input("Reason", key=f"reason-{place}", max_chars=200)
    with st.container(horizontal=True, gap="small"):
        verdicts = {
            verdict: st.button(label, key=f"{verdict}-{place}")
            for label, verdict in (
                ("They are one", "must_link"),
                ("They are two", "cannot_link"),
            )
        }
    for verdict in (name for name, is_chosen in verdicts.items() if is_chosen):
        try:
            decide(
                journal().data,
                verdict,  # type: ignore[arg-type]
                pair["record_key"],
                pair["other_record_key"],
                reason=said,
                by=profile.person.name,
            )
        except DecisionError:
            st.error("A decision needs a reason.")
        else:
            st.success("Kept. It holds from the next `c360 run` on.")
