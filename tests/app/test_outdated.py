"""A release that an older version published: each reader says what it lacks."""

import duckdb
import pytest
import streamlit as st
import tantivy
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from app import customers
from app.access import Role
from app.customers import PARTS
from app.release import OutdatedReleaseError, Releases
from app.search import SearchUnavailableError, open_index
from app.search_index import new_index
from app.tokens import TokenStore
from app.web.customer.profile import TABS
from app.web.main import DASHBOARDS
from orchestration.cli import app as c360
from orchestration.releases.directory import MASKED, SEARCH, WHOLE
from tests.app.releases import PEOPLE, publish
from tests.app.test_api import client, is_problem, served
from tests.app.test_mcp import asked

ROBERT = "C0000000001"
WAY_OUT = "One run publishes it anew: c360 run"


@pytest.fixture
def old(data, manifest):
    """A release without most marts, and without a column of the golden record."""
    data.root.mkdir(parents=True, exist_ok=True)
    release = publish(data, manifest, "old", PEOPLE, every_mart=False)
    for name in (WHOLE, MASKED):
        (release / name).chmod(0o644)
        with duckdb.connect(str(release / name)) as connection:
            connection.execute(
                "create or replace table marts.customers as "
                "select * exclude (latest_nps) from marts.customers"
            )
    return data


def test_what_is_missing_is_named(old):
    with (
        pytest.raises(OutdatedReleaseError, match=r"no marts\.customer_rfm: an older"),
        Releases(old).read(masked=False) as connection,
    ):
        connection.execute("select 1 from marts.customer_rfm")
    with (
        pytest.raises(OutdatedReleaseError, match=r"no column customers\.latest_nps"),
        Releases(old).read(masked=False) as connection,
    ):
        customers.golden_record(connection, ROBERT)["latest_nps"]
    with (
        pytest.raises(OutdatedReleaseError, match="no column latest_nps"),
        Releases(old).read(masked=False) as connection,
    ):
        connection.execute("select latest_nps from marts.customers")


def test_what_is_wrong_with_a_query_is_not_laid_to_the_release(old):
    with (
        pytest.raises(duckdb.BinderException, match="No function matches"),
        Releases(old).read(masked=False) as connection,
    ):
        connection.execute("select year('x'::blob) from marts.customers")


def test_the_api_answers_503_with_the_sentence(old):
    with served(old) as url, client(url, TokenStore(old), Role.AGENT) as agent:
        assert agent.get(f"/customers/{ROBERT}").status_code == 200
        for part in PARTS:
            answer = agent.get(f"/customers/{ROBERT}/{part.replace('_', '-')}")
            if answer.status_code != 200:
                assert is_problem(answer, 503)
                assert answer.json()["detail"].endswith(WAY_OUT)
        answer = agent.get(f"/customers/{ROBERT}/scores")
        assert is_problem(answer, 503)
        assert "no marts.customer_value: an older" in answer.json()["detail"]


def test_assistants_read_the_sentence(old):
    async def questions(_, call):
        return await call("customer_profile", customer_id=ROBERT)

    told = asked(old, Role.AGENT, questions)
    assert "no marts.customer_value" in str(told)
    assert WAY_OUT in str(told)


@pytest.fixture
def see_old_page(old):
    """Return a function that opens a page of the old release, and a tab of it."""

    # Streamlit runs the text of this, in which the imports above are not.
    def script(name):
        import importlib
        from functools import partial

        from app.access import Person, Role
        from app.web.main import run

        page = importlib.import_module(name).page
        is_profile = name.endswith("profile")
        run(partial(page, Person("ann", Role.ADMIN)) if is_profile else page)

    def open_page(name, tab=None):
        page = AppTest.from_function(script, default_timeout=60, kwargs={"name": name})
        page.query_params["id"] = ROBERT
        page.session_state["tab"] = tab
        return page.run()

    st.cache_data.clear()
    st.cache_resource.clear()
    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.mark.parametrize("tab", list(TABS))
def test_a_profile_says_so(see_old_page, tab):
    page = see_old_page("app.web.customer.profile", tab)
    assert not page.exception
    if tab in ("Scores", "Satisfaction", "Consent"):
        assert page.warning[0].value.endswith(WAY_OUT)


@pytest.mark.parametrize("module", [module.__name__ for module, *_ in DASHBOARDS])
def test_a_dashboard_says_so(see_old_page, module):
    page = see_old_page(module)
    assert not page.exception
    assert page.warning[0].value.endswith(WAY_OUT)


def test_a_search_index_of_another_make_is_named(old, tmp_path):
    (tmp_path / SEARCH).mkdir()
    schema = tantivy.SchemaBuilder().add_text_field("text").build()
    tantivy.Index(schema, path=str(tmp_path / SEARCH))
    with pytest.raises(SearchUnavailableError, match="One run makes it anew"):
        open_index(duckdb.connect(), tmp_path)
    assert new_index(tmp_path)


def test_an_index_that_cannot_be_built_says_so(data, manifest, monkeypatch):
    data.root.mkdir(parents=True, exist_ok=True)
    only = {"customers": PEOPLE["customers"]}
    publish(data, manifest, "old", only, every_mart=False)
    monkeypatch.setenv("C360_DATA_DIR", str(data.root))
    said = CliRunner().invoke(c360, ["search-index"])
    assert said.exit_code == 1
    assert WAY_OUT in " ".join(said.output.split())
    assert "Traceback" not in said.output
