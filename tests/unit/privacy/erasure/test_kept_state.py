"""What outlives the warehouse forgets people, keeps numbers, and may be told twice."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.identity.decisions import standing_decisions
from orchestration.privacy.erasure.changes import Change
from orchestration.privacy.erasure.kept_state import redact_state, write_names
from orchestration.privacy.erasure.words import Words
from orchestration.warehouse import DataDir

STATE = {
    "record_registry": """
        select * from (values
            ('web:user:a', 1, false), ('shop:customer:A7', 2, false),
            ('shop:guest:900', 3, false), ('shop:customer:8', 4, false),
            ('web:device:d', 5, true))
        as t (record_key, record_seq, is_device)
    """,
    "identity_assignments": """
        select *, null::timestamp as committed_to from (values
            ('web:user:a', 'C0000000001'), ('shop:customer:A7', 'C0000000001'),
            ('shop:guest:900', 'C0000000001'), ('web:device:d', 'C0000000001'),
            ('shop:customer:8', 'C0000000004'))
        as t (record_key, customer_id)
    """,
    "customer_history": """
        select * from (values ('C0000000001', 'Ann'), ('C0000000004', 'Ben'))
        as t (customer_id, display_name)
    """,
    "ingested_files": """
        select * from (values
            ('shop/a.csv', 'old', 90, 10, 8, 2), ('shop/b.csv', 'other', 5, 1, 1, 0))
        as t (path, sha256, bytes, rows_read, rows_loaded, rows_quarantined)
    """,
    "gate_results": """
        select * from (values
            ('2 rows', '["ann@example.org"]', 'r'), ('1 row', '["ben@x.org"]', 'r'))
        as t (observed, examples, reason)
    """,
}
WORDS = Words(
    {"ann@example.org": "email"},
    {"shop": frozenset({"a7", "900"}), "web": frozenset({"a", "d"})},
    {"shop": frozenset({"900"})},
    ("shop:customer:A7", "shop:guest:900", "web:device:d", "web:user:a"),
)
CHANGES = [Change("shop/a.csv", "old", "new", 70, removed=3, quarantined=1)]


@pytest.fixture
def state(data: DataDir) -> DataDir:
    """A data directory in which Ann has an account, a guest's order and a device."""
    data.state.mkdir()
    for name, query in STATE.items():
        duckdb.execute(f"copy ({query}) to '{data.state / name}.parquet'")
    return data


def erased(data: DataDir) -> dict[str, int]:
    names = data.root / "names.parquet"
    write_names(data, WORDS, {("shop", "a7"): "erased-1"}, names)
    return redact_state(data, ["C0000000001"], WORDS, CHANGES, names)


def rows(data: DataDir, name: str) -> list[tuple]:
    return duckdb.execute(f"from '{data.state / name}.parquet' order by all").fetchall()


def test_the_surrogate_takes_the_number_of_the_founder(state: DataDir) -> None:
    erased(state)

    known = {seq: (key, device) for key, seq, device in rows(state, "record_registry")}
    assert known[1] == ("shop:customer:erased-1", False)
    assert known[3] == ("shop:guest:900", False)
    assert known[4] == ("shop:customer:8", False)
    for seq in (2, 5):
        key, is_device = known[seq]
        assert key.startswith("erased:record:")
        assert is_device is None


def test_what_stays_of_one_person_stays_together(state: DataDir) -> None:
    erased(state)

    (made,) = standing_decisions(state)
    assert (made.decision, made.record_key, made.other_record_key) == (
        "must_link",
        "shop:customer:erased-1",
        "shop:guest:900",
    )


def test_history_and_examples_go(state: DataDir) -> None:
    erased(state)

    assert rows(state, "customer_history") == [("C0000000004", "Ben")]
    assert rows(state, "gate_results") == [
        ("1 row", '["ben@x.org"]', "r"),
        (None, None, "r"),
    ]


def test_the_ledger_knows_the_new_file(state: DataDir) -> None:
    erased(state)

    assert rows(state, "ingested_files") == [
        ("shop/a.csv", "new", 70, 7, 6, 1),
        ("shop/b.csv", "other", 5, 1, 1, 0),
    ]


def test_told_twice_it_does_no_more(state: DataDir) -> None:
    erased(state)
    before = {name: rows(state, name) for name in STATE}
    journal = (state.state / "identity_decisions.jsonl").read_text()

    touched = erased(state)

    assert {name: rows(state, name) for name in STATE} == before
    assert (state.state / "identity_decisions.jsonl").read_text() == journal
    assert "identity_assignments" not in touched


def test_journals_forget_them_too(state: DataDir) -> None:
    journal: Path = state.state / "consent_withdrawals.jsonl"
    line = {"purpose": None, "channel": None, "withdrawn_at": "2026-01-01T00:00:00"}
    journal.write_text(
        "".join(
            json.dumps({"identifier": named, **line}) + "\n"
            for named in ("ann@example.org", "C0000000001", "ben@x.org")
        )
    )

    assert erased(state)["consent_withdrawals"] == 2
    assert "ben@x.org" in journal.read_text()
