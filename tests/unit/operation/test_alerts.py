"""Alerts: what a run that ended makes us tell, and that it arrives."""

import email
import logging
from email import policy

import dagster as dg
import pytest

from orchestration.operation.alert_channels import send, told_if_it_fails
from orchestration.operation.alerts import Alert, alert_of_run
from orchestration.operation.retries import another_try_if_locked
from orchestration.run import refresh
from orchestration.warehouse import WarehouseLockedError
from tests.servers import mail_server, webhook

SECRET = "ann.lee@example.org"
ALERT = Alert("test", "A gate is closed", "c360 status", ["feeds: key is filled"], "r1")


@pytest.fixture(autouse=True)
def _no_targets(monkeypatch):
    for name in ("WEBHOOK", "EMAIL", "FROM"):
        monkeypatch.delenv(f"C360_ALERT_{name}", raising=False)


@pytest.fixture
def hook(monkeypatch):
    with webhook() as received:
        url = f"http://127.0.0.1:{received.port}/secret-token"
        monkeypatch.setenv("C360_ALERT_WEBHOOK", url)
        yield received


def check_of(name: str, passed: bool, *, stops: bool = True, **metadata):
    """Return an asset with a blocking check that says this."""
    spec = dg.AssetCheckSpec(name, asset="orders", blocking=True)

    @dg.asset(check_specs=[spec], name="orders")
    def orders():
        return dg.MaterializeResult(
            check_results=[
                dg.AssetCheckResult(
                    check_name=name,
                    passed=passed,
                    severity=dg.AssetCheckSeverity("ERROR" if stops else "WARN"),
                    metadata=metadata,
                    description=f"{SECRET} has no country",
                )
            ]
        )

    return orders


def alert_after(*assets) -> Alert | None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(list(assets), instance=instance, raise_on_error=False)
        return alert_of_run(instance, result.run_id, success=result.success)


def test_a_closed_gate_says_its_tables_and_rules():
    alert = alert_after(
        check_of("gate_feeds", False, failed="email: is filled", rows_failed=1200)
    )
    assert alert.kind == "gate_closed"
    assert "gate feeds is closed" in alert.title
    assert alert.details == ["orders: email: is filled (1,200 rows)"]


def test_a_step_that_failed_is_told_without_its_words():
    @dg.asset
    def build_marts():
        raise ValueError(f"cannot cast {SECRET}")

    alert = alert_after(build_marts)
    assert alert.kind == "run_failed"
    assert alert.details == ["step build_marts: ValueError"]


def test_a_run_that_published_tells_what_it_left_out():
    waits = {"failed": "rows are usual", "holds_back": True}
    alert = alert_after(check_of("gate_raw", False, stops=False, judged="now", **waits))
    assert (alert.kind, alert.mend) == ("held_back", "c360 batch list")
    unread = alert_after(check_of("fetched", False, stops=False))
    assert unread.details == ["orders could not be fetched"]
    # It was told when it happened.
    carried = check_of("gate_raw", False, stops=False, judged="carried", **waits)
    assert alert_after(carried) is None


def test_a_good_run_is_not_told():
    assert alert_after(check_of("gate_feeds", True)) is None


@pytest.mark.parametrize("name", ["gate_feeds", "fetched"])
def test_no_alert_holds_what_a_row_says(name):
    alert = alert_after(check_of(name, False, stops=name == "gate_feeds"))
    assert SECRET not in str(alert.as_json())


def test_a_webhook_gets_json_that_chats_can_show(hook, monkeypatch):
    monkeypatch.setenv("C360_DAGSTER_URL", "https://dagster.example.org/")
    assert send(ALERT) == []
    (message,) = hook.messages
    assert message["kind"] == "test"
    assert message["url"] == "https://dagster.example.org/runs/r1"
    assert message["text"].startswith("A gate is closed\n- feeds: key is filled\n")
    assert "c360 status" in message["text"]


def test_mail_reaches_everybody(monkeypatch):
    with mail_server() as received:
        monkeypatch.setenv("C360_SMTP_URL", f"smtp://127.0.0.1:{received.port}")
        monkeypatch.setenv("C360_ALERT_EMAIL", "one@example.org, two@example.org")
        monkeypatch.setenv("C360_ALERT_FROM", "c360@example.org")
        assert send(ALERT) == []
    (text,) = received.messages
    message = email.message_from_string(text, policy=policy.default)
    assert message["Subject"] == "A gate is closed"
    assert "Begin with: c360 status" in message.get_content()
    assert [r[4:19] for r in received.recipients] == [
        "one@example.org",
        "two@example.org",
    ]


def test_a_refusal_is_said_without_the_secret(monkeypatch, caplog):
    with webhook(statuses=(500,)) as broken, caplog.at_level(logging.ERROR):
        url = f"http://127.0.0.1:{broken.port}/secret-token"
        monkeypatch.setenv("C360_ALERT_WEBHOOK", url)
        (failure,) = send(ALERT)
    assert failure == (
        "The alert could not be sent by webhook: HTTPStatusError at 127.0.0.1."
    )
    assert "secret-token" not in caplog.text


def test_a_target_that_is_down_does_not_keep_the_other_from_being_told(
    hook, monkeypatch
):
    monkeypatch.setenv("C360_ALERT_EMAIL", "one@example.org")
    monkeypatch.setenv("C360_SMTP_URL", "smtp://127.0.0.1:1")
    (failure,) = send(ALERT)
    assert "by e-mail: ConnectionRefusedError" in failure
    assert len(hook.messages) == 1


def test_a_run_that_cannot_start_is_told(data, hook, monkeypatch):
    def locked(*args, **kwargs):
        raise WarehouseLockedError("in use")

    monkeypatch.setattr("orchestration.run.connect", locked)
    with pytest.raises(WarehouseLockedError):
        refresh(data)
    assert hook.messages[0]["details"] == ["WarehouseLockedError"]


def test_nothing_is_sent_where_nothing_is_set_up():
    assert send(ALERT) == []
    with pytest.raises(ValueError, match="as it was"), told_if_it_fails():
        raise ValueError("as it was")


def test_a_step_that_finds_the_warehouse_locked_is_run_again(monkeypatch):
    monkeypatch.setattr("orchestration.operation.retries.SECONDS_BETWEEN", 0)
    tries = []

    @dg.asset
    def raw():
        with another_try_if_locked():
            tries.append(1)
            if len(tries) < 3:
                raise WarehouseLockedError("in use")

    assert dg.materialize([raw]).success
    assert len(tries) == 3


def test_what_would_fail_again_is_not_tried_again():
    tries = []

    @dg.asset
    def raw():
        with another_try_if_locked():
            tries.append(1)
            raise ValueError("bad data")

    assert not dg.materialize([raw], raise_on_error=False).success
    assert len(tries) == 1
