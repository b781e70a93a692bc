"""Who agreed at the moment of an export, whatever the release knows."""

import duckdb
import pytest

from orchestration.activation.destination import ActivationError
from orchestration.activation.export import (
    export_audience,
)
from orchestration.privacy.restrictions import restrict, unrestrict
from orchestration.privacy.withdrawals import withdraw
from tests.unit.activation.conftest import ids


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
