"""Who looks at the pages right now, asked at every rerun, so that sessions end."""

from __future__ import annotations

import streamlit as st

from app.access import Person
from app.web.sign_in import oidc
from app.web.sign_in.routes import SIGN_IN, SIGN_OUT
from app.web.sign_in.session import COOKIE, person_of
from orchestration.warehouse import DataDir


def signed_in_person() -> Person | None:
    """Return who is signed in, or None for nobody, or nobody any more."""
    if not oidc.is_configured():
        return person_of(DataDir.from_env(), st.context.cookies.get(COOKIE))
    if not st.user.is_logged_in or oidc.has_ended(st.user):
        return None
    return oidc.person_of(st.user)


def ask_to_sign_in() -> None:
    """Show the way in to who is not signed in, or has no role."""
    st.title("Customer 360", anchor=False)
    if not oidc.is_configured():
        st.info("Your session has ended, or you have not signed in yet.")
        _link("Sign in", SIGN_IN)
    elif st.user.is_logged_in and not oidc.has_ended(st.user):
        st.warning(
            "You are signed in, but your organisation has given you no role here. Ask "
            "whoever manages roles for one of: viewer, agent, steward, "
            "privacy_officer, admin."
        )
        st.button("Sign out", on_click=st.logout)
    else:
        st.info("Sign in with your organisation's account to see customers.")
        st.button("Sign in", type="primary", on_click=st.login)


def show_person(person: Person) -> None:
    """Say in the sidebar who is signed in as what, with the way out."""
    with st.sidebar:
        st.caption(f"Signed in as **{person.name}**, {person.role.replace('_', ' ')}")
        if oidc.is_configured():
            st.button("Sign out", on_click=st.logout, icon=":material/logout:")
        else:
            _link("Sign out", SIGN_OUT)


def _link(label: str, address: str) -> None:
    st.html(f'<a class="c360" href="{address}" target="_self">{label}</a>')
