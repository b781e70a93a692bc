"""The release that the pages show, and the log of who saw whom; one for all sessions.

Belongs here: what is held once a process. Does not belong here: opening a release
(app/release.py), and what a page reads from it (marts.py, customer/parts.py).
"""

from __future__ import annotations

import streamlit as st

from app.journal import Journal
from app.release import Release, Releases
from orchestration.warehouse import DataDir


def current_release() -> Release:
    """Return the release in use at this moment, newer than a minute ago or not.

    Raises:
        NotPublishedError: Nothing was published yet, or the release was removed.
    """
    return _releases(str(DataDir.from_env().root)).current()


def journal() -> Journal:
    """Return the access log."""
    return _journal(str(DataDir.from_env().root))


@st.cache_resource(show_spinner=False)
def _releases(root: str) -> Releases:
    return Releases(DataDir.from_env())


@st.cache_resource(show_spinner=False)
def _journal(root: str) -> Journal:
    return Journal(DataDir.from_env())
