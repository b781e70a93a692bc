"""The entry page of Streamlit: which pages there are, and whoever may see them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from app.access import Person
from app.release import NotPublishedError, OutdatedReleaseError
from app.web.customer import find
from app.web.customer.links import profile_page
from app.web.dashboards import (
    campaigns,
    cohorts,
    consent,
    identity,
    quality,
    satisfaction,
    segments,
    value,
)
from app.web.figures import nothing
from app.web.releases import current_release
from app.web.sign_in import who

_FOLDER = Path(__file__).parent
DASHBOARDS = (
    (segments, "Customers and segments", "groups"),
    (value, "Value and churn", "trending_up"),
    (cohorts, "Cohorts and retention", "grid_on"),
    (satisfaction, "Satisfaction", "sentiment_satisfied"),
    (campaigns, "Campaigns", "campaign"),
    (identity, "Identity", "fingerprint"),
    (quality, "Data quality", "verified"),
    (consent, "Consent", "how_to_reg"),
)


def main() -> None:
    """Show the page that the address names, to who is signed in."""
    # Not one of Streamlit's icons: it would have the browser fetch that from Google.
    st.set_page_config("Customer 360", str(_FOLDER / "icon.svg"), layout="wide")
    st.logo(_FOLDER / "logo.svg", size="large")
    st.html(_FOLDER / "style.css")
    person = who.signed_in_person()
    page = st.navigation(_pages(person), position="sidebar" if person else "hidden")
    if person is None:
        who.ask_to_sign_in()
        return
    who.show_person(person)
    run(page.run)


def run(page: Callable[[], None]) -> None:
    """Show a page, or what keeps the release in use from being shown."""
    try:
        release = current_release()
        st.sidebar.caption(f"Release of {release.published_at:%Y-%m-%d %H:%M} UTC")
        page()
    except OutdatedReleaseError as error:
        st.warning(f"{error}", icon=":material/history:")
    except NotPublishedError as error:
        st.title("Nothing is published", anchor=False)
        nothing(f"{error}")


def _pages(person: Person | None) -> list:
    return [
        st.Page(
            partial(find.page, person),
            title="Find a customer",
            icon=":material/search:",
            url_path="find",
            default=True,
        ),
        profile_page(person),
        *(
            st.Page(
                module.page,
                title=title,
                icon=f":material/{icon}:",
                url_path=module.__name__.rpartition(".")[2],
            )
            for module, title, icon in DASHBOARDS
        ),
    ]


if __name__ == "__main__":
    main()
