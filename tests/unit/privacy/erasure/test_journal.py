"""An erasure that was cut short keeps others out until it is finished."""

import pytest

from orchestration.privacy.erasure import journal, receipts
from orchestration.privacy.erasure.changes import Change
from orchestration.privacy.erasure.journal import Erasure, UnfinishedErasureError
from orchestration.privacy.erasure.words import Words
from orchestration.warehouse import DataDir, connect

ERASURE = Erasure("E1", ["C1"], "T-1", "ann", "2026-01-02T03:04:05", "landing")
WORDS = Words({"a@x.org": "email"}, {"s": frozenset({"7"})}, {}, ("s:p:7",))


def test_what_is_needed_to_go_on_is_there_until_the_end(data: DataDir) -> None:
    journal.begin(data, ERASURE, WORDS)
    journal.advance(data, ERASURE, "state")

    erasure = journal.pending(data)

    assert erasure
    assert (erasure.phase, erasure.customer_ids) == ("state", ["C1"])
    path = journal.folder(data) / "words.json"
    assert Words.load(path) == WORDS
    assert path.stat().st_mode & 0o077 == 0
    journal.finish(data)
    assert journal.pending(data) is None
    assert not any("a@x.org" in p.read_text() for p in data.state.rglob("*.json"))


def test_nobody_else_runs_meanwhile(data: DataDir) -> None:
    journal.refuse_if_pending(data)
    journal.begin(data, ERASURE, WORDS)

    with pytest.raises(UnfinishedErasureError, match=r"c360 privacy erase --resume"):
        journal.refuse_if_pending(data)
    with journal.finishing(ERASURE):
        journal.refuse_if_pending(data)


def test_two_do_not_erase_at_once(data: DataDir) -> None:
    another = pytest.raises(UnfinishedErasureError, match="Another")
    with journal.held(data), another, journal.held(data):
        pass


def test_a_change_that_is_intended_twice_is_one(data: DataDir) -> None:
    journal.begin(data, ERASURE, WORDS)
    journal.intend(data, Change("a.csv", "old", "new", removed=2))
    journal.intend(data, Change("a.csv", "old", "new", removed=2))
    journal.count(data, {"logs": 3})
    journal.count(data, {"logs": 0})

    assert journal.changes(data) == [Change("a.csv", "old", "new", removed=2)]
    assert journal.counts(data) == {"logs": 3}


def test_receipts_are_kept_once_and_read_by_the_marts(data: DataDir) -> None:
    data.state.mkdir()
    made = receipts.Receipt(
        "E1", "landing/a", "removed", 2, 1, None, "ann", receipts.datetime(2026, 1, 2)
    )

    receipts.append(data, [made])
    receipts.append(data, [made])

    assert receipts.receipts(data) == [made]
    with connect(data.warehouse) as connection:
        receipts.load_receipts(connection, data)
        found = connection.execute("select * from ops.erasure_receipts").fetchall()
    assert found == [("E1", "landing/a", "removed", 2, 1, None, "ann", made.erased_at)]
