"""What the tests of the pages share: pages as somebody sees them, without a browser."""

from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import app.web.main
from app.access import Person, Role
from app.web.sign_in import who
from orchestration.warehouse import DataDir

See = Callable[..., AppTest]


@pytest.fixture
def see(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> Iterator[See]:
    """Return a function that opens the first page as a role, and runs it."""

    def open_pages(role: Role | None) -> AppTest:
        person = Person("ann", role) if role else None
        monkeypatch.setattr(who, "signed_in_person", lambda: person)
        return AppTest.from_file(app.web.main.__file__, default_timeout=60).run()

    _forget()
    yield open_pages
    _forget()


@pytest.fixture
def see_customer(data: DataDir) -> Iterator[See]:
    """Return a function that opens a profile as a role, and runs it."""

    # Streamlit runs the text of this, in which the imports above are not.
    def script(person):
        from app.web.customer.profile import page

        page(person)

    def open_profile(role: Role, asked: str, tab: str | None = None) -> AppTest:
        page = AppTest.from_function(
            script, default_timeout=60, kwargs={"person": Person("ann", role)}
        )
        page.query_params["id"] = asked
        if tab:
            page.session_state["tab"] = tab
        return page.run()

    _forget()
    yield open_profile
    _forget()


@pytest.fixture
def published(data: DataDir, people: DataDir) -> None:
    """The release of four people, in a data directory with a log of its own."""
    data.root.mkdir(parents=True, exist_ok=True)
    data.published.symlink_to(people.published)


def text_of(page: AppTest) -> str:
    """Return all that a page says."""
    parts = [*page.title, *page.markdown, *page.caption, *page.info, *page.metric]
    said = [str(getattr(part, "value", "")) for part in parts]
    others = [*page.get("html"), *page.get("page_link")]
    return "\n".join(said + [str(part.proto) for part in others])


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
