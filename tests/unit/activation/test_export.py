"""Exports: what servers receive; nothing is lost, doubled or sent without consent."""

import hashlib

import duckdb
import httpx
import pytest

from orchestration.activation import delivery
from orchestration.activation.destination import ActivationError
from orchestration.activation.destinations import DESTINATIONS
from orchestration.activation.export import (
    ExportStoppedError,
    export_audience,
    preview_audience,
)
from orchestration.activation.sent import forget, recipients_of, sent_to
from orchestration.privacy import access_log
from orchestration.privacy.restrictions import restrict, unrestrict
from orchestration.privacy.withdrawals import withdraw


def sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


@pytest.fixture
def small_batches(monkeypatch):
    """Three people a batch, wherever they go."""
    for destination in DESTINATIONS.values():
        monkeypatch.setitem(destination.__dict__, "batch_size", 3)


def ids(platform, operation="add") -> list[str]:
    """Return who is at the webhook by all that it took."""
    return [
        member["customer_id"]
        for request in platform.taken
        if request.body["operation"] == operation
        for member in request.body["members"]
    ]


def test_google_gets_what_its_reference_says(release, platform):
    export_audience(release.data, "ads_audience", "google")
    (request,) = platform.requests
    assert request.path == "/v1/audienceMembers:ingest"
    assert request.headers["Authorization"] == "Bearer google-secret"
    members = request.body.pop("audienceMembers")
    assert request.body == {
        "destinations": [
            {
                "operatingAccount": {
                    "accountType": "GOOGLE_ADS",
                    "accountId": "1234567890",
                },
                "productDestinationId": "list-1",
            }
        ],
        "encoding": "HEX",
        "consent": {
            "adUserData": "CONSENT_GRANTED",
            "adPersonalization": "CONSENT_GRANTED",
        },
        "termsOfService": {"customerMatchTermsOfServiceStatus": "ACCEPTED"},
    }
    assert len(members) == 8
    assert members[2] == {
        "userData": {
            "userIdentifiers": [
                {"emailAddress": sha256("a3@gmail.com")},
                {"phoneNumber": sha256("+16505551203")},
                {
                    "address": {
                        "givenName": sha256("ann"),
                        "familyName": sha256("o'hara"),
                        "regionCode": "US",
                        "postalCode": "10001",
                    }
                },
            ]
        }
    }


def test_meta_gets_what_its_reference_says(release, platform):
    export_audience(release.data, "ads_audience", "meta")
    (request,) = platform.requests
    assert (request.method, request.path) == ("POST", "/v25.0/list-2/users")
    assert request.headers["Authorization"] == "Bearer meta-secret"
    assert request.body["session"]["estimated_num_total"] == 8
    assert request.body["session"]["last_batch_flag"] is True
    payload = request.body["payload"]
    assert dict(zip(payload["schema"], payload["data"][2], strict=True)) == {
        "EMAIL": sha256("a.3@gmail.com"),
        "PHONE": sha256("16505551203"),
        "FN": sha256("ann"),
        "LN": sha256("ohara"),
        "CT": sha256("newyork"),
        "ST": sha256("ny"),
        "ZIP": sha256("10001"),
        "COUNTRY": sha256("us"),
        "GEN": sha256("f"),
        "DOBY": sha256("1990"),
        "DOBM": sha256("02"),
        "DOBD": sha256("03"),
    }


def test_a_platform_that_cannot_know_somebody_is_not_told_of_them(release, platform):
    release.change(
        "update marts.customers set email = null, phone = null, postal_code = null "
        "where customer_id = 'c4'"
    )
    google = export_audience(release.data, "ads_audience", "google")
    meta = export_audience(release.data, "ads_audience", "meta")
    assert (google.difference.adds, meta.difference.adds) == (7, 7)


def test_the_email_tool_gets_a_file(release, tmp_path, monkeypatch):
    monkeypatch.setenv("C360_EMAIL_CSV_DIR", str(tmp_path / "out"))
    export_audience(release.data, "email_audience", "email_csv")
    release.change("delete from marts.audience_members where customer_id = 'c3'")
    export_audience(release.data, "email_audience", "email_csv")
    added, removed = sorted((tmp_path / "out").iterdir())
    assert added.read_text().splitlines()[:2] == [
        "customer_id,email,given_name,family_name,language",
        "c1,family@gmail.com,Ann,O'Hara,en",
    ]
    assert removed.read_text().splitlines() == ["customer_id", "c3"]


def test_a_webhook_gets_no_more_than_the_channel_needs(release, platform):
    export_audience(release.data, "post_audience", "webhook")
    export_audience(release.data, "email_audience", "webhook")
    post, email = platform.requests
    assert post.headers["Idempotency-Key"] == post.body["batch_id"]
    assert post.body["operation"] == "add"
    assert set(post.body["members"][0]) == {
        *("customer_id", "given_name", "family_name", "language"),
        *("street", "city", "region", "postal_code", "country_code"),
    }
    assert set(email.body["members"][0]) == {
        *("customer_id", "given_name", "family_name", "language", "email"),
    }


def test_the_control_group_never_leaves(release, platform):
    export_audience(release.data, "email_audience", "webhook")
    assert ids(platform) == [f"c{number}" for number in range(1, 9)]


def test_a_second_export_sends_the_difference_only(release, platform):
    first = export_audience(release.data, "email_audience", "webhook")
    again = export_audience(release.data, "email_audience", "webhook")
    assert (first.difference.adds, again.difference.batches) == (8, 0)
    assert again.difference.unchanged == 8

    release.change(
        """
        delete from marts.audience_members where customer_id = 'c3';
        update marts.customers set email = 'new@x.org' where customer_id = 'c4';
        """
    )
    platform.requests.clear()
    third = export_audience(release.data, "email_audience", "webhook")
    assert (third.difference.adds, third.difference.removes) == (1, 1)
    assert [request.body["operation"] for request in platform.requests] == [
        "remove",
        "add",
    ]
    assert platform.requests[0].body["members"] == [{"customer_id": "c3"}]
    assert platform.requests[1].body["members"][0]["email"] == "new@x.org"


def test_whoever_changed_leaves_a_platform_by_the_old_hash(release, platform):
    export_audience(release.data, "ads_audience", "meta")
    release.change(
        "update marts.customers set email = 'new@x.org' where customer_id = 'c4'"
    )
    platform.requests.clear()
    export_audience(release.data, "ads_audience", "meta")
    removed, added = platform.requests
    assert (removed.method, added.method) == ("DELETE", "POST")
    (old,) = removed.body["payload"]["data"]
    # The phone stays theirs, so that alone is not taken from them.
    assert old[:2] == [sha256("a.4@gmail.com"), ""]
    assert added.body["payload"]["data"][0][:2] == [
        sha256("new@x.org"),
        sha256("16505551204"),
    ]


def test_the_address_of_a_family_stays_while_one_of_them_does(release, platform):
    export_audience(release.data, "ads_audience", "google")
    release.change("delete from marts.audience_members where customer_id = 'c1'")
    platform.requests.clear()
    export_audience(release.data, "ads_audience", "google")
    (request,) = platform.requests
    assert request.path == "/v1/audienceMembers:remove"
    assert "consent" not in request.body
    (member,) = request.body["audienceMembers"]
    identifiers = member["userData"]["userIdentifiers"]
    assert {"phoneNumber": sha256("+16505551201")} in identifiers
    assert not any("emailAddress" in identifier for identifier in identifiers)


@pytest.mark.parametrize(
    "identifier", ["c3", "c0", " A.3@Gmail.com", "shop:customer:c3", "+16505551203"]
)
def test_who_withdrew_after_the_release_is_not_exported(release, platform, identifier):
    withdraw(release.data, identifier)
    done = export_audience(release.data, "email_audience", "webhook")
    assert done.withdrawn == 1
    assert "c3" not in ids(platform)


def test_whose_data_is_restricted_is_removed_until_it_is_lifted(release, platform):
    export_audience(release.data, "email_audience", "webhook")
    restrict(release.data, ["c3"])
    assert export_audience(release.data, "email_audience", "webhook").withdrawn == 1
    assert ids(platform, "remove") == ["c3"]
    unrestrict(release.data, ["c3"])
    export_audience(release.data, "email_audience", "webhook")
    assert ids(platform).count("c3") == 2


def test_who_withdraws_after_an_export_is_removed_by_the_next(release, platform):
    export_audience(release.data, "email_audience", "webhook")
    withdraw(release.data, "family@gmail.com", channel="email")
    export_audience(release.data, "email_audience", "webhook")
    assert ids(platform, "remove") == ["c1", "c2"]


@pytest.mark.parametrize(
    ("withdrawn", "stated_at", "expected"),
    [
        ({"purpose": "analytics"}, "'2026-01-01'", 0),
        ({"channel": "sms"}, "'2026-01-01'", 0),
        ({"purpose": "marketing", "channel": "email"}, "'2026-01-01'", 1),
        ({}, "'2999-01-01'", 0),
        ({}, "null", 1),
    ],
)
def test_a_withdrawal_holds_for_what_it_names_until_a_later_grant(
    release, platform, withdrawn, stated_at, expected
):
    release.change(f"update marts.consents set stated_at = {stated_at}")
    withdraw(release.data, "c3", **withdrawn)
    done = export_audience(release.data, "email_audience", "webhook")
    assert done.withdrawn == expected


def test_consent_that_expired_since_the_release_is_none(release, platform):
    release.change(
        "update marts.consents set expires_at = '2026-02-01' where customer_id = 'c3'"
    )
    export_audience(release.data, "email_audience", "webhook")
    assert "c3" not in ids(platform)


@pytest.fixture
def landed(release):
    """Land a file with consent; return what puts it into the ledger with a batch."""
    file = release.data.landing / "consent" / "statements" / "2026-07-01.csv"
    file.parent.mkdir(parents=True)
    file.write_text("…")
    release.data.state.mkdir(exist_ok=True)

    def ingest(batch: str) -> None:
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select 'consent/statements/2026-07-01.csv' as path, "
                f"{file.stat().st_size}::bigint as bytes, {batch} as batch_id) "
                f"to '{release.data.state / 'ingested_files.parquet'}'"
            )
            connection.execute(
                "copy (select 'refused' as batch_id, 'rejected' as status) "
                f"to '{release.data.state / 'batches.parquet'}'"
            )

    return ingest


@pytest.mark.parametrize("batch", [None, "'waiting'"])
def test_consent_that_the_release_does_not_know_stops_an_export(
    release, platform, landed, batch
):
    if batch:
        landed(batch)
    with pytest.raises(ActivationError, match="consent/statements/2026-07-01"):
        export_audience(release.data, "email_audience", "webhook")
    assert platform.requests == []
    export_audience(release.data, "email_audience", "webhook", despite_unread=True)
    assert platform.requests


@pytest.mark.parametrize("batch", ["'read'", "'refused'", "null::varchar"])
def test_files_that_were_read_or_refused_do_not(release, platform, landed, batch):
    landed(batch)
    export_audience(release.data, "email_audience", "webhook")
    assert platform.requests


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


def test_a_dry_run_sends_and_changes_nothing(release, platform):
    dry = export_audience(release.data, "email_audience", "webhook", dry_run=True)
    assert (dry.difference.adds, platform.requests) == (8, [])
    assert not access_log.log_path(release.data).exists()
    done = export_audience(release.data, "email_audience", "webhook")
    assert done.difference == dry.difference


def test_an_export_is_logged_before_and_after(release, platform):
    export_audience(release.data, "email_audience", "webhook", by="ann")
    first, last = access_log.entries(release.data)
    assert (first["action"], last["action"]) == ("audience.export", "audience.exported")
    assert first["by"] == "ann"
    assert first["subject"] == "email_audience"
    assert last["details"] == {
        "destination": "webhook",
        "release": "run-1",
        "adds": 8,
        "removes": 0,
        "withdrawn": 0,
        "batches": 1,
        "taken": 1,
    }


def test_what_cannot_be_logged_is_not_sent(release, platform):
    access_log.append(release.data, "profile.view")
    access_log.log_path(release.data).write_text("")
    with pytest.raises(access_log.AccessLogError):
        export_audience(release.data, "email_audience", "webhook")
    assert platform.requests == []


def test_no_value_in_the_clear_is_kept(release, platform):
    export_audience(release.data, "email_audience", "webhook")
    export_audience(release.data, "ads_audience", "google")
    kept = b"".join(p.read_bytes() for p in release.data.exports.rglob("*.parquet"))
    assert b"c3" in kept
    assert not any(value in kept for value in (b"gmail", b"Ann", b"1650555"))


def test_where_a_person_was_sent_can_be_told(release, platform):
    export_audience(release.data, "email_audience", "webhook")
    export_audience(release.data, "ads_audience", "google")
    assert [
        place.split(".")[0] for place in recipients_of(release.data, ["c3", "c4"])
    ] == ["google/ads_audience", "webhook/email_audience"]
    assert recipients_of(release.data, ["c9"]) == []


def test_people_whom_a_platform_cannot_read_are_told(release, platform, caplog):
    platform.answer = {"num_received": 8, "num_invalid_entries": 2}
    export_audience(release.data, "ads_audience", "meta")
    assert "Meta Custom Audiences could not read 2 of 8 people" in caplog.text


def test_erasure_takes_people_out_of_what_is_kept(release, platform):
    export_audience(release.data, "email_audience", "webhook")
    assert forget(release.data, ["c3"]) == 1
    again = export_audience(release.data, "email_audience", "webhook", dry_run=True)
    assert again.difference.adds == 1


def test_a_preview_masks_what_is_personal(release):
    preview = preview_audience(release.data, "ads_audience", "google", rows=1)
    assert (preview.recipients, preview.withdrawn) == (8, 0)
    assert preview.rows == [
        {
            "customer_id": "c1",
            "given_name": "A…",
            "family_name": "O…",
            "email": "f…@g….com",
            "phone": "+16…01",
            "email_hash": f"{sha256('family@gmail.com')[:8]}…",
            "phone_hash": f"{sha256('+16505551201')[:8]}…",
        }
    ]
