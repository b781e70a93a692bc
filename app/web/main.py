"""The entry page of Streamlit: which pages there are, and whoever may see them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

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
from app.web.marts import NothingPublishedError, release_file

# Not one of Streamlit's icons: it would have the browser fetch that from Google.
_ICON = str(Path(__file__).with_name("icon.svg"))
st.set_page_config(page_title="Customer 360", page_icon=_ICON, layout="wide")
_PAGES = {
    "Dashboards": [
        st.Page(
            segments.page,
            title="Customers and segments",
            icon=":material/groups:",
            url_path="segments",
            default=True,
        ),
        st.Page(
            value.page,
            title="Value and churn",
            icon=":material/trending_up:",
            url_path="value",
        ),
        st.Page(
            cohorts.page,
            title="Cohorts and retention",
            icon=":material/grid_on:",
            url_path="cohorts",
        ),
        st.Page(
            satisfaction.page,
            title="Satisfaction",
            icon=":material/sentiment_satisfied:",
            url_path="satisfaction",
        ),
        st.Page(
            campaigns.page,
            title="Campaigns",
            icon=":material/campaign:",
            url_path="campaigns",
        ),
        st.Page(
            identity.page,
            title="Identity",
            icon=":material/fingerprint:",
            url_path="identity",
        ),
        st.Page(
            quality.page,
            title="Data quality",
            icon=":material/verified:",
            url_path="quality",
        ),
        st.Page(
            consent.page,
            title="Consent",
            icon=":material/how_to_reg:",
            url_path="consent",
        ),
    ],
}
page = st.navigation(_PAGES)
try:
    release_file()
    page.run()
except NothingPublishedError as error:
    st.title("Nothing is published yet", anchor=False)
    nothing(str(error))
