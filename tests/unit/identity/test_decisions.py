"""The journal of stewards: what stands, who took what back, and what erasure leaves."""

import pytest

from orchestration.identity.decisions import (
    DecisionError,
    decide,
    forget,
    journal_path,
    load_decisions,
    standing_decisions,
    undo,
)
from orchestration.kept.state import StateUnreadableError
from orchestration.warehouse import connect


def test_a_decision_stands_until_it_is_taken_back_and_both_stay_written(data):
    made = decide(data, "must_link", "a:b:1", "a:b:2", reason="called them", by="ann")
    kept = decide(data, "cannot_link", "a:b:3", "a:b:4", reason="twins", by="ann")
    assert standing_decisions(data) == [made, kept]

    undo(data, made.decision_id, reason="another Ann", by="bob")
    assert standing_decisions(data) == [kept]
    assert len(journal_path(data).read_text().splitlines()) == 3


def test_what_does_not_stand_cannot_be_taken_back(data):
    with pytest.raises(DecisionError, match="No decision 1234 stands"):
        undo(data, "1234", reason="why not")


@pytest.mark.parametrize(
    ("one", "other", "reason", "told"),
    [
        ("a:b:1", "a:b:1", "same", "name two"),
        ("a:b:1", "a:b:2", " ", "needs a reason"),
    ],
)
def test_a_decision_needs_two_records_and_a_reason(data, one, other, reason, told):
    with pytest.raises(DecisionError, match=told):
        decide(data, "must_link", one, other, reason=reason)
    assert standing_decisions(data) == []


def test_identity_reads_the_decisions_that_stand_and_no_others(data):
    made = decide(data, "must_link", "a:b:1", "a:b:2", reason="called", by="ann")
    decide(data, "cannot_link", "a:b:3", "a:b:4", reason="twins", by="ann")
    query = "select decision, record_key from ops.identity_decisions order by all"
    with connect(data.warehouse) as connection:
        load_decisions(connection, data)
        assert connection.execute(query).fetchall() == [
            ("cannot_link", "a:b:3"),
            ("must_link", "a:b:1"),
        ]
        undo(data, made.decision_id, reason="wrong")
        load_decisions(connection, data)
        assert connection.execute(query).fetchall() == [("cannot_link", "a:b:3")]


def test_erasure_takes_out_a_decision_with_its_undoing_and_nothing_else(data):
    erased = decide(
        data, "must_link", "news:p:ann@x.org", "a:b:2", reason="Ann", by="b"
    )
    undo(data, erased.decision_id, reason="not Ann")
    kept = decide(data, "cannot_link", "a:b:3", "a:b:4", reason="twins", by="b")
    assert forget(data, ["news:p:ann@x.org"]) == 2
    assert standing_decisions(data) == [kept]
    assert "Ann" not in journal_path(data).read_text()


def test_a_damaged_line_is_told_with_its_number(data):
    decide(data, "must_link", "a:b:1", "a:b:2", reason="called")
    with journal_path(data).open("a") as journal:
        journal.write('{"decision": "must_li\n')
    with pytest.raises(StateUnreadableError, match=r"Line 2 of .* is no decision"):
        standing_decisions(data)
