"""Every page as each role sees it, without a browser."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from app.access import Role
from app.web.customer.golden_record import in_reading_order
from app.web.customer.profile import TABS
from app.web.main import DASHBOARDS
from app.web.text import plain
from orchestration.privacy.access_log import entries
from orchestration.privacy.restrictions import restrict
from tests.app.releases import PEOPLE, publish
from tests.app.web.conftest import text_of

ROBERT = "C0000000001"


def dashboard(name: str) -> None:
    import importlib

    importlib.import_module(name).page()


@pytest.mark.parametrize("module", [module for module, *_ in DASHBOARDS])
def test_a_dashboard_without_facts_says_why_and_what_to_do(see, published, module):
    page = AppTest.from_function(
        dashboard, default_timeout=60, kwargs={"name": module.__name__}
    ).run()
    assert not page.exception
    assert page.title
    assert len(page.info) >= 1


def test_without_a_release_the_way_to_one_is_told(see):
    page = see(Role.ADMIN)
    assert page.title[0].value == "Nothing is published"
    assert "c360 run" in page.info[0].value


def test_a_stranger_sees_the_way_in_alone(see, published):
    page = see(None)
    assert "session has ended" in page.info[0].value
    assert "Robert" not in text_of(page)
    assert not page.text_input


@pytest.mark.parametrize(
    "typed", ["gruenwal", "Robret Grunwald", "860961608", "rob.gruenwald@mail.example"]
)
def test_a_fragment_with_typos_finds_whom_it_means(see, published, data, typed):
    page = see(Role.AGENT)
    page.text_input[0].set_value(typed).run()
    assert not page.exception
    assert ROBERT in text_of(page)
    (search,) = [each for each in entries(data) if each["action"] == "search"]
    assert typed not in str(search)


@pytest.mark.parametrize(
    "typed",
    ["'; drop table marts.customers; --", '" OR 1=1', "%_%", "<script>", "[x](y)"],
)
def test_the_box_takes_no_orders(see, published, typed):
    page = see(Role.AGENT)
    page.text_input[0].set_value(typed).run()
    assert not page.exception
    page.text_input[0].set_value("Grünwald").run()
    assert ROBERT in text_of(page)


def test_a_viewer_finds_by_id_alone_and_sees_no_name(see, published):
    page = see(Role.VIEWER)
    page.text_input[0].set_value("Grünwald").run()
    assert ROBERT not in text_of(page)
    page.text_input[0].set_value(ROBERT.lower()).run()
    text = text_of(page)
    assert ROBERT in text
    assert "Robert" not in text
    assert "gruenwald" not in text


@pytest.mark.parametrize("tab", list(TABS))
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_every_tab_shows_and_masks_by_role(see_customer, published, role, tab):
    page = see_customer(role, ROBERT, tab)
    assert not page.exception
    text = text_of(page)
    for secret in ("Grünwald", "rob\\.gruenwald", "447860961608", "private words"):
        assert role == Role.ADMIN or secret not in text
    assert (page.title[0].value == "Robert Grünwald") == (role == Role.ADMIN)


def test_the_golden_record_begins_with_the_name():
    golden = {"given_name": "Ada", "email": "a@x.org", "city": "London"}
    stated = [{"attribute": name} for name in ("account_key", "city", "given_name")]
    shown = [row["attribute"] for row in in_reading_order(stated, golden)]
    assert shown == ["given_name", "city", "account_key"]


def test_a_view_is_logged_once_while_the_profile_is_open(see_customer, published, data):
    page = see_customer(Role.AGENT, ROBERT)
    page.run()
    (view,) = entries(data)
    assert (view["action"], view["subject"], view["by"]) == (
        "profile.view",
        ROBERT,
        "ann",
    )


def test_restricted_data_is_shown_to_privacy_officers_alone(
    see_customer, published, data
):
    restrict(data, [ROBERT], by="eve")
    page = see_customer(Role.AGENT, ROBERT)
    assert "article 18" in page.warning[0].value
    assert "Grünwald" not in text_of(page)
    page = see_customer(Role.PRIVACY_OFFICER, ROBERT)
    assert "article 18" in page.warning[0].value
    assert page.title[0].value == "Robert Grünwald"


def test_an_old_id_leads_to_the_customer_of_today(see_customer, published):
    page = see_customer(Role.AGENT, "C0000000009")
    assert page.title[0].value == "Robert Grünwald"
    assert any("has become C0000000001" in each.value for each in page.info)


@pytest.mark.parametrize("asked", ["C0000000777", "C0000000008", "", "'; --"])
def test_an_unknown_id_says_so(see_customer, published, data, asked):
    page = see_customer(Role.AGENT, asked)
    assert not page.exception
    assert page.title[0].value == "No such customer"
    assert not list(entries(data))


def test_privacy_is_for_who_may(see_customer, published):
    assert not see_customer(Role.AGENT, ROBERT, "Privacy").code
    commands = [each.value for each in see_customer(Role.ADMIN, ROBERT, "Privacy").code]
    assert f"c360 privacy access {ROBERT}" in commands


def test_the_timeline_goes_on_and_is_filtered(see_customer, published):
    page = see_customer(Role.AGENT, ROBERT, "Timeline")
    assert text_of(page).count("<li") == 23
    page.multiselect[0].set_value(["web"]).run()
    assert text_of(page).count("<li") == 11


def test_a_release_that_comes_and_goes_while_a_page_is_open(see, data, manifest):
    publish(data, manifest, "first", PEOPLE, every_mart=False)
    page = see(Role.AGENT)
    assert "Robert" in text_of(page)
    changed = [
        row | {"display_name": row["display_name"].replace("Robert", "Roberta")}
        for row in PEOPLE["customers"]
    ]
    rows = PEOPLE | {"customers": changed}
    second = publish(data, manifest, "second", rows, every_mart=False)
    assert "Roberta" in text_of(page.run())
    (data.published / "current").unlink()
    shutil.rmtree(second)
    assert page.run().title[0].value == "Nothing is published"


def test_text_of_others_is_no_markup():
    assert plain("[x](http://y) **b** :red[z]\n# h") == (
        r"\[x\]\(http\://y\) \*\*b\*\* \:red\[z\] \# h"
    )
