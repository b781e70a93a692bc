"""Exports that are cut off, refused or asked for wrongly: nothing lost, none twice."""

import hashlib

import httpx
import pytest

from orchestration.activation import delivery
from orchestration.activation.destination import ActivationError
from orchestration.activation.destinations import DESTINATIONS
from orchestration.activation.export import (
    ExportStoppedError,
    export_audience,
)
from orchestration.activation.sent import sent_to
from orchestration.privacy.withdrawals import withdraw
from tests.unit.activation.conftest import ids


@pytest.fixture
def small_batches(monkeypatch):
    """Three people a batch, wherever they go."""
    for destination in DESTINATIONS.values():
        monkeypatch.setitem(destination.__dict__, "batch_size", 3)


def test_a_destination_that_is_busy_is_asked_again(release, platform):
    platform.answers = [(429, {"Retry-After": "0"}), 500, 200]
    export_audience(release.data, "email_audience", "webhook")
    assert [request.status for request in platform.requests] == [429, 500, 200]
    assert len({request.body["batch_id"] for request in platform.requests}) == 1


def test_a_destination_that_is_slow_is_asked_again(release, platform, monkeypatch):
    monkeypatch.setattr(delivery, "TIMEOUT", httpx.Timeout(0.2))
    platform.answers = ["slow", 200]
    export_audience(release.data, "email_audience", "webhook")
    assert ids(platform) == [f"c{number}" for number in range(1, 9)]


@pytest.mark.usefixtures("small_batches")
def test_an_export_that_fails_half_way_goes_on_where_it_stopped(release, platform):
    platform.answers = [200, *[500] * delivery.ATTEMPTS]
    with pytest.raises(ExportStoppedError) as stopped:
        export_audience(release.data, "email_audience", "webhook")
    assert str(stopped.value) == (
        "The webhook answers 500 Internal Server Error, also after 5 attempts. 1 of 3 "
        "batches arrived and are remembered; the same command sends the rest."
    )
    refused = platform.requests[-1].body["batch_id"]

    export_audience(release.data, "email_audience", "webhook")
    assert ids(platform) == [f"c{number}" for number in range(1, 9)]
    assert platform.taken[1].body["batch_id"] == refused
    last = export_audience(release.data, "email_audience", "webhook")
    assert last.difference.batches == 0


@pytest.mark.usefixtures("small_batches")
def test_who_withdraws_while_an_export_is_cut_off_is_not_in_the_rest(release, platform):
    platform.answers = [200, 400]
    with pytest.raises(ExportStoppedError, match=r'answers 400 .*"it is closed"'):
        export_audience(release.data, "email_audience", "webhook")
    withdraw(release.data, "c7")
    withdraw(release.data, "c2")
    export_audience(release.data, "email_audience", "webhook")
    assert "c7" not in ids(platform)
    assert ids(platform, "remove") == ["c2"]


@pytest.mark.usefixtures("small_batches")
def test_a_batch_whose_answer_was_lost_is_repeated_under_its_id(
    release, platform, monkeypatch
):
    class Dead(BaseException):
        pass

    def die(*_: object) -> None:
        raise Dead

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.activation.sent.Sent.take", die)
        with pytest.raises(Dead):
            export_audience(release.data, "email_audience", "webhook")
    export_audience(release.data, "email_audience", "webhook")
    lost, repeated, *_ = platform.taken
    assert lost.body == repeated.body


def test_two_exports_at_once_are_one_too_many(release, platform):
    webhook = DESTINATIONS["webhook"]
    place = hashlib.sha256(f"{platform.url}/hook".encode()).hexdigest()[:8]
    with (
        sent_to(release.data, webhook, f"email_audience.{place}"),
        pytest.raises(ActivationError, match="is under way"),
    ):
        export_audience(release.data, "email_audience", "webhook")
    assert platform.requests == []


def test_credentials_that_are_refused_are_told_by_name(release, platform):
    platform.answers = [401]
    with pytest.raises(ExportStoppedError, match="mend C360_GOOGLE_TOKEN"):
        export_audience(release.data, "ads_audience", "google")


def test_nobody_listening_is_told_without_the_address(release, platform, monkeypatch):
    monkeypatch.setenv("C360_WEBHOOK_URL", "http://127.0.0.1:9/secret-path")
    with pytest.raises(ExportStoppedError, match="cannot be reached") as stopped:
        export_audience(release.data, "email_audience", "webhook")
    assert "secret-path" not in str(stopped.value)


@pytest.mark.parametrize(
    ("audience", "destination", "told"),
    [
        ("nobody", "webhook", "There is no audience 'nobody'"),
        ("email_audience", "pigeon", "There is no destination 'pigeon'"),
        ("email_audience", "google", "have agreed to email"),
    ],
)
def test_what_cannot_be_exported_is_said(
    release, platform, audience, destination, told
):
    with pytest.raises(ActivationError, match=told):
        export_audience(release.data, audience, destination)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("C360_GOOGLE_TOKEN", ""),
        ("C360_GOOGLE_LIST_ADS_AUDIENCE", ""),
        ("C360_GOOGLE_CUSTOMER_MATCH_TERMS", "no"),
    ],
)
def test_a_missing_setting_is_named(release, platform, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ActivationError, match=variable):
        export_audience(release.data, "ads_audience", "google")
    assert platform.requests == []


def test_without_a_release_there_is_nothing_to_export(data):
    with pytest.raises(FileNotFoundError, match="Run c360 run"):
        export_audience(data, "email_audience", "webhook")
