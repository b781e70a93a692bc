"""The way to a profile: an address with the customer id, and nothing else, in it."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app.access import Person
from app.web.text import plain

PROFILE = "customer"
"""The page's part of the address."""


def profile_page(person: Person | None = None) -> Any:
    """Return the page of Streamlit that shows a profile; any two of them are one.

    Args:
        person: Who looks; not needed for a link.
    """
    from app.web.customer import profile

    return st.Page(
        partial(profile.page, person),
        title="Profile",
        icon=":material/person:",
        url_path=PROFILE,
        visibility="hidden",
    )


def customer_link(customer_id: str, label: str) -> None:
    """Link to a customer's profile, under any id that they ever had."""
    st.page_link(
        profile_page(),
        label=plain(label),
        icon=":material/person:",
        query_params={"id": customer_id},
    )
