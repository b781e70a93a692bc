"""The pages in a real browser: Debian's Chromium."""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.access import Role
from app.web.customer.profile import TABS
from app.web.main import DASHBOARDS
from app.web.sign_in.users import add_user
from orchestration.privacy.access_log import entries
from orchestration.warehouse import DataDir
from tests.app.releases import PEOPLE, publish
from tests.app.web.server import free_port, identity_provider, pages_on

PASSWORD = "correct horse"
ROBERT = "customer?id=C0000000001"
PAGES = ["", ROBERT, *(module.__name__.rpartition(".")[2] for module, *_ in DASHBOARDS)]
pytestmark = pytest.mark.slow
_QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def site(people, tmp_path_factory) -> Iterator[tuple[DataDir, str]]:
    """The pages over the release of four people, for ann and vic."""
    data = DataDir(tmp_path_factory.mktemp("site"))
    data.published.symlink_to(people.published)
    add_user(data, "ann", Role.ADMIN, PASSWORD)
    add_user(data, "vic", Role.VIEWER, PASSWORD)
    with pages_on(data, free_port()) as address:
        yield data, address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's browser; .ci/run installs it."""
    path = shutil.which("chromium")
    assert path, "these tests need Debian's chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET.split())
        yield browser
        browser.close()


@pytest.fixture
def page(chromium) -> Iterator[Page]:
    """A window of a browser that nobody has used."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def cookies(site, chromium) -> dict:
    """What the browser of ann keeps: signing in once costs less than for every page."""
    _, address = site
    context = chromium.new_context()
    sign_in(context.new_page(), address)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def scheme() -> str:
    """The colours that the browser asks for; a test may name others."""
    return "light"


@pytest.fixture
def signed_in(chromium, cookies, scheme) -> Iterator[Page]:
    """A window in which ann is signed in."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        storage_state=cookies,
        color_scheme=scheme,
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    settled(page)


def sign_in(page: Page, address: str, name: str = "ann", path: str = "") -> None:
    page.goto(f"{address}/{path}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    expect(page.get_by_label("Password")).to_have_count(0)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def broken_rules(page: Page) -> set[str]:
    """Return what axe finds wrong with what a window shows."""
    found = Axe().run(page)
    return {
        f"{rule['id']}: {node['html'][:120]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nothing_of_elsewhere_and_is_accessible(site, signed_in, path):
    _, address = site
    elsewhere = []
    signed_in.on(
        "request",
        lambda request: (
            request.url.startswith((address, "data:", "blob:"))
            or elsewhere.append(request.url)
        ),
    )
    open_page(signed_in, f"{address}/{path}")
    assert elsewhere == []
    assert broken_rules(signed_in) == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_of_a_profile_is_accessible(site, signed_in):
    _, address = site
    open_page(signed_in, f"{address}/{ROBERT}")
    broken = {}
    for tab in TABS:
        signed_in.get_by_role("tab", name=tab, exact=True).click()
        settled(signed_in)
        broken[tab] = broken_rules(signed_in)
    assert broken == {tab: set() for tab in TABS}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signing_in_is_accessible(site, chromium, scheme):
    _, address = site
    page = chromium.new_context(color_scheme=scheme).new_page()
    page.goto(f"{address}/signin")
    expect(page.get_by_label("Password")).to_be_visible()
    assert broken_rules(page) == set()
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(site, signed_in, path):
    _, address = site
    signed_in.set_viewport_size({"width": 390, "height": 844})
    open_page(signed_in, f"{address}/{path}")
    width = signed_in.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_a_search_leads_to_a_profile_and_is_in_no_address(site, page):
    data, address = site
    sign_in(page, address)
    page.get_by_role("textbox").fill("gruenwal")
    page.keyboard.press("Enter")
    expect(page.get_by_text("found, all shown")).to_be_visible()
    page.get_by_role("link", name="Robert Grünwald").first.click()
    expect(page.get_by_role("heading", name="Robert Grünwald")).to_be_visible()
    assert page.url == f"{address}/{ROBERT}"
    page.get_by_role("tab", name="Timeline").click()
    expect(page.get_by_text("private words").first).to_be_visible()
    said = [(each["action"], each["by"]) for each in entries(data)]
    assert ("search", "ann") in said
    assert ("profile.view", "ann") in said


def test_a_viewer_is_shown_no_name(site, page):
    _, address = site
    sign_in(page, address, name="vic", path=ROBERT)
    expect(page.get_by_text("no personal data")).to_be_visible()
    assert "Grünwald" not in page.content()


def test_signing_out_ends_it(site, page):
    _, address = site
    sign_in(page, address)
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(f"{address}/{ROBERT}")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_publish_shows_in_a_page_that_is_open(page, data, manifest):
    data.root.mkdir(parents=True, exist_ok=True)
    publish(data, manifest, "first", PEOPLE, every_mart=False)
    add_user(data, "ann", Role.ADMIN, PASSWORD)
    with pages_on(data, free_port()) as address:
        sign_in(page, address)
        expect(page.get_by_text("Robert Grünwald")).to_be_visible()
        changed = [row | {"display_name": "Ada"} for row in PEOPLE["customers"]]
        publish(
            data, manifest, "second", PEOPLE | {"customers": changed}, every_mart=False
        )
        page.get_by_role("textbox").fill("C0000000001")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Ada").first).to_be_visible()


def test_a_provider_vouches_for_who_signs_in(page, data, people):
    data.root.mkdir(parents=True, exist_ok=True)
    data.published.symlink_to(people.published)
    port = free_port()
    with identity_provider({"email": "eve@id.example", "roles": ["viewer"]}) as url:
        settings = {
            "C360_OIDC_URL": url,
            "C360_OIDC_CLIENT_ID": "pages",
            "C360_OIDC_CLIENT_SECRET": "shared",
            "C360_APP_URL": f"http://127.0.0.1:{port}",
        }
        with pages_on(data, port, settings) as address:
            page.goto(address)
            page.get_by_role("button", name="Sign in").click()
            expect(
                page.get_by_text("Signed in as eve@id.example, viewer")
            ).to_be_visible()
            expect(page.get_by_role("heading", name="Find a customer")).to_be_visible()
