"""The record of processing says what the project declares, and what it does not."""

from orchestration.activation.destinations import DESTINATIONS
from orchestration.privacy.ages import PLACES, WHAT
from orchestration.privacy.record import as_markdown, record_of_processing


def test_every_source_activity_and_recipient_is_recorded(manifest):
    record = record_of_processing(manifest)
    tables = {(source["system"], source["table"]) for source in record["sources"]}
    assert ("shopify", "customers") in tables
    assert not {system for system, _ in tables} & {"ops", "scores", "quarantine"}
    pings = next(s for s in record["sources"] if s["table"] == "pings")
    assert pings["retention_days"] == 730
    customer = next(a for a in record["activities"] if a["name"] == "customer")
    assert {"email", "birth_date"} <= set(customer["personal_classes"])
    assert {audience["purpose"] for audience in record["audiences"]} >= {"marketing"}
    assert len(record["recipients"]) == len(DESTINATIONS)
    assert record["retention_days"]["access_log"] == 1095
    assert record["retention_days"]["customer_history"] == 1095
    assert record["retention_days"]["exports"] == 365
    assert record["retention_days"]["backups"] is None


def test_the_text_says_the_same_and_names_what_is_not_declared(manifest):
    text = as_markdown(record_of_processing(manifest))
    assert text.startswith("# Record of processing activities\n")
    assert "| beacons | pings |" in text
    assert "no limit declared" in text
    for place, what in WHAT.items():
        assert f"| {place} | {what} |" in text
    assert set(WHAT) == set(PLACES)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)
