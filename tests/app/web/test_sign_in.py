"""Who may sign in, how long it holds, and what a stranger gets."""

import re
import stat
import time

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.access import Person, Role
from app.web.command import _make_first_user
from app.web.server import SecurityHeaders
from app.web.sign_in import oidc, session
from app.web.sign_in import routes as sign_in
from app.web.sign_in.session import COOKIE, new_session, person_of
from app.web.sign_in.users import (
    UserError,
    add_user,
    remove_user,
    users,
    users_path,
    verified,
)

PASSWORD = "correct horse"


@pytest.fixture
def ann(data):
    return add_user(data, "ann", Role.AGENT, PASSWORD)


@pytest.fixture
def browser(data, ann):
    sign_in._failures.clear()
    pages = Starlette(
        routes=[
            *sign_in.routes(),
            Route("/customer", lambda _: PlainTextResponse("in")),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(sign_in.AskToSignIn)],
    )
    headers = {"sec-fetch-dest": "document"}
    return TestClient(pages, headers=headers, follow_redirects=False)


def send(browser, **form):
    return browser.post("/signin", data={"name": "ann", "password": PASSWORD} | form)


def test_a_password_is_kept_hashed_and_for_its_owner_alone(data, ann):
    text = users_path(data).read_text()
    assert PASSWORD not in text
    assert stat.S_IMODE(users_path(data).stat().st_mode) == 0o600
    assert verified(data, "ann", PASSWORD) == ann
    assert verified(data, "ann", "correct Horse") is None
    assert verified(data, "bob", PASSWORD) is None


def test_the_first_start_says_a_password_that_can_be_copied_and_the_next_how_to_set_one(
    data, capsys, monkeypatch
):
    monkeypatch.setenv("C360_DATA_DIR", str(data.root))
    _make_first_user("127.0.0.1")
    said = capsys.readouterr().out
    password = re.search(r"Password +([0-9a-f]+)$", said, re.MULTILINE)[1]
    assert verified(data, "demo", password)
    _make_first_user("127.0.0.1")
    said = capsys.readouterr().out
    assert password not in said
    assert "c360 app user add demo --role admin" in said


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "short"), ("../ann", PASSWORD), ("", PASSWORD)]
)
def test_a_poor_name_or_password_is_refused(data, name, password):
    with pytest.raises(UserError):
        add_user(data, name, Role.AGENT, password)
    assert not users(data)


def test_a_session_is_its_users_until_password_or_role_change(data, ann):
    cookie = new_session(ann)
    assert person_of(data, cookie) == Person("ann", Role.AGENT)
    add_user(data, "ann", Role.VIEWER, PASSWORD)
    assert person_of(data, cookie) is None


def test_a_session_ends_with_its_user_and_with_time(data, ann, monkeypatch):
    cookie = new_session(ann)
    monkeypatch.setenv("C360_APP_SESSION_HOURS", "1")
    real = time.time
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: real() + 3700)
    assert person_of(data, cookie) is None
    monkeypatch.setattr("itsdangerous.timed.time.time", real)
    assert person_of(data, cookie) is not None
    remove_user(data, "ann")
    assert person_of(data, cookie) is None


@pytest.mark.parametrize("cookie", [None, "", "ann", "WyJhbm4iLCJ4Il0.aaaa.bbbb"])
def test_a_forged_session_is_nobodys(data, ann, cookie):
    assert person_of(data, cookie) is None


def test_a_session_under_another_key_is_nobodys(data, ann, monkeypatch):
    cookie = new_session(ann)
    monkeypatch.setattr(session, "key_for", lambda _: "another")
    assert person_of(data, cookie) is None


def test_who_is_not_signed_in_is_led_to_the_way_in_and_back(browser):
    asked = browser.get("/customer?id=C1")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/signin?next=%2Fcustomer%3Fid%3DC1"
    answer = send(browser, next="/customer?id=C1")
    assert answer.headers["location"] == "/customer?id=C1"
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert browser.get("/customer?id=C1").text == "in"
    browser.get("/signout")
    assert browser.get("/customer?id=C1").status_code == 303


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "/\n/e"]
)
def test_the_way_back_leads_nowhere_else(browser, elsewhere):
    assert send(browser, next=elsewhere).headers["location"] == "/"


def test_a_wrong_password_is_refused_and_many_have_to_wait(browser):
    answers = [send(browser, password="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert COOKIE not in browser.cookies
    assert send(browser).status_code == 429


def test_a_form_of_another_site_is_refused(browser):
    answer = browser.post(
        "/signin",
        data={"name": "ann", "password": PASSWORD},
        headers={"origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert COOKIE not in browser.cookies


def test_what_was_asked_is_escaped_on_the_page(browser):
    page = browser.get("/signin", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>" not in page.text


def test_headers_forbid_frames_and_foreign_content(browser):
    headers = browser.get("/signin").headers
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"roles": ["viewer", "steward"], "email": "a@b.example"}, Role.STEWARD),
        ({"roles": "agent", "sub": "7"}, Role.AGENT),
        ({"roles": ["root"], "email": "a@b.example"}, None),
        ({"email": "a@b.example"}, None),
    ],
)
def test_a_provider_gives_the_role(claims, role):
    person = oidc.person_of(claims)
    assert (person.role if person else None) == role


def test_signing_in_with_a_provider_ends_too():
    assert not oidc.has_ended({"iat": time.time() - 60})
    assert oidc.has_ended({"iat": time.time() - 9 * 3600})
    assert oidc.has_ended({})


def test_a_provider_with_half_its_settings_is_refused(monkeypatch):
    monkeypatch.setenv("C360_OIDC_URL", "https://id.example/.well-known/x")
    with pytest.raises(ValueError, match="C360_OIDC_CLIENT_ID"):
        oidc.provider_settings()
