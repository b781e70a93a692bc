"""Tokens open what they may, until they expire or are taken back."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from app.access import Role
from app.limits import RateLimit
from app.tokens import LONGEST_DAYS, PREFIX, TokenError, TokenStore
from orchestration import clock
from orchestration.cli import app


def test_a_token_is_known_by_what_it_is_and_kept_as_a_hash(data):
    store = TokenStore(data)
    token, secret = store.create("crm", Role.AGENT, days=30)
    holder = store.holder(secret)
    assert holder
    assert holder.role == Role.AGENT
    assert token.token_id in holder.name
    kept = data.state / "api_tokens.json"
    assert secret not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("wrong", ["", PREFIX, "x" * 1000, "\0", "é"])
def test_what_is_no_token_opens_nothing(data, wrong):
    store = TokenStore(data)
    assert store.holder(wrong) is None
    _, secret = store.create("crm", Role.AGENT, days=30)
    assert store.holder(wrong) is None
    assert store.holder(secret[:-1]) is None
    assert store.holder(f"{secret} ") is None


def test_the_hash_of_a_token_opens_nothing(data):
    store = TokenStore(data)
    token, _ = store.create("crm", Role.AGENT, days=30)
    assert store.holder(token.sha256) is None


def test_a_token_expires(data, monkeypatch):
    store = TokenStore(data)
    token, secret = store.create("crm", Role.AGENT, days=1)
    for late, opens in ((-1, True), (0, False)):
        now = token.expires_at + timedelta(seconds=late)
        monkeypatch.setattr(clock, "machine_time", lambda now=now: now)
        assert (store.holder(secret) is not None) == opens


def test_another_process_takes_a_token_back(data):
    server = TokenStore(data)
    token, secret = server.create("crm", Role.AGENT, days=30)
    assert server.holder(secret)
    TokenStore(data).revoke(token.token_id)
    assert server.holder(secret) is None
    with pytest.raises(TokenError, match="c360 api token list"):
        server.revoke("nope")


@pytest.mark.parametrize(
    ("name", "days"), [(" ", 1), ("crm", 0), ("crm", LONGEST_DAYS + 1)]
)
def test_a_token_has_a_name_and_an_end(data, name, days):
    with pytest.raises(TokenError):
        TokenStore(data).create(name, Role.VIEWER, days)
    assert TokenStore(data).all() == []


def test_the_commands_make_list_and_take_back(data):
    run = CliRunner().invoke
    made = run(app, ["api", "token", "create", "crm", "--role", "agent"])
    secret = made.stdout.strip()
    store = TokenStore(data)
    assert store.holder(secret)
    (token,) = store.all()
    listed = run(app, ["api", "token", "list"]).stdout
    assert token.token_id in listed
    assert "valid" in listed
    assert secret not in listed
    run(app, ["api", "token", "revoke", token.token_id])
    assert store.holder(secret) is None
    wrong = run(app, ["api", "token", "revoke", "nope"])
    assert wrong.exit_code == 1
    assert "Traceback" not in wrong.output


def test_a_burst_is_let_through_and_then_the_rate_holds():
    now = [0.0]
    limit = RateLimit(10, 5, now=lambda: now[0])
    assert [limit.wait_for("a") for _ in range(5)] == [0.0] * 5
    assert limit.wait_for("a") == pytest.approx(0.1)
    assert limit.wait_for("b") == 0
    now[0] = 0.1
    assert limit.wait_for("a") == 0
    assert limit.wait_for("a") > 0
    now[0] = 1000
    assert [limit.wait_for("a") > 0 for _ in range(6)] == [False] * 5 + [True]
