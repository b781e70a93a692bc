"""Exports: what servers receive; nothing is doubled, and all of it is logged."""

import hashlib

import pytest

from orchestration.activation.export import (
    export_audience,
    preview_audience,
)
from orchestration.activation.sent import forget, recipients_of
from orchestration.privacy import access_log
from tests.unit.activation.conftest import ids


def sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


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
