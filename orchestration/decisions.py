"""What stewards decided: which records are one person, and which are not.

Decisions are kept in `state/identity_decisions.jsonl`, a line each, with who decided,
when and why; taking one back adds a line. The journal takes entries while a run holds
the warehouse, and outlives it. Belongs here: the journal, and handing it to the models
of identity. Does not belong here: what a decision does (`int_identity__decisions`).
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TextIO

import duckdb

from orchestration import clock
from orchestration.state import StateUnreadableError
from orchestration.warehouse import DataDir, transaction

Verdict = Literal["must_link", "cannot_link"]

_UNDO = "undo"


class DecisionError(ValueError):
    """A decision cannot be made or taken back; the message says why."""


@dataclass(frozen=True)
class Decision:
    """A steward's word on two people, each a record key or a customer id."""

    decision_id: str
    decision: Verdict
    record_key: str
    other_record_key: str
    decided_by: str
    decided_at: datetime
    """UTC."""
    reason: str


def decide(
    data: DataDir,
    decision: Verdict,
    one: str,
    other: str,
    *,
    reason: str,
    by: str | None = None,
) -> Decision:
    """Keep a decision; it holds from the next run on.

    Args:
        data: the data directory.
        decision: whether the two must or cannot be one customer.
        one: a record key, or a customer id, which stands for its oldest record.
        other: the other.
        reason: why, in the steward's words.
        by: who decides; the user of this process by default.

    Raises:
        DecisionError: both are the same, or no reason is given.
    """
    if one == other:
        raise DecisionError(f"{one} is one record: name two.")
    if not reason.strip():
        raise DecisionError("A decision needs a reason: say it with --reason.")
    with _locked(data) as journal:
        made = Decision(
            decision_id=uuid.uuid4().hex[:8],
            decision=decision,
            record_key=one,
            other_record_key=other,
            decided_by=by or getpass.getuser(),
            decided_at=_later_than(standing_decisions(data)),
            reason=reason.strip(),
        )
        _append(journal, asdict(made))
    return made


def link_all(
    data: DataDir, pairs: Collection[tuple[str, str]], *, reason: str, by: str
) -> None:
    """Keep that records are one customer, many pairs at once; those that stand are.

    Args:
        data: the data directory.
        pairs: record keys, two by two.
        reason: why, of all.
        by: who decides.
    """
    with _locked(data) as journal:
        standing = standing_decisions(data)
        known = {(made.record_key, made.other_record_key) for made in standing}
        decided_at = _later_than(standing)
        for one, other in sorted(set(pairs) - known):
            made = Decision(
                uuid.uuid4().hex[:8], "must_link", one, other, by, decided_at, reason
            )
            _append(journal, asdict(made))


def undo(
    data: DataDir, decision_id: str, *, reason: str, by: str | None = None
) -> Decision:
    """Take a decision back from the next run on; return what it was.

    Raises:
        DecisionError: no such decision stands.
    """
    with _locked(data) as journal:
        standing = {made.decision_id: made for made in standing_decisions(data)}
        if decision_id not in standing:
            raise DecisionError(
                f"No decision {decision_id} stands in {journal_path(data).name}. See "
                "`c360 identity decisions`; those of the seed steward_decisions are "
                "changed there."
            )
        _append(
            journal,
            {
                "decision": _UNDO,
                "decision_id": decision_id,
                "decided_by": by or getpass.getuser(),
                "decided_at": clock.machine_time(),
                "reason": reason,
            },
        )
    return standing[decision_id]


def standing_decisions(data: DataDir) -> list[Decision]:
    """Return the decisions that were not taken back, the oldest first.

    Raises:
        StateUnreadableError: a line of the journal is no entry.
    """
    standing: dict[str, Decision] = {}
    names = [field.name for field in fields(Decision)]
    for number, line in enumerate(_lines(data), 1):
        try:
            entry = json.loads(line)
            if entry["decision"] == _UNDO:
                standing.pop(entry["decision_id"], None)
                continue
            entry["decided_at"] = datetime.fromisoformat(entry["decided_at"])
            made = Decision(**{name: entry[name] for name in names})
        except (ValueError, KeyError, TypeError) as error:
            raise StateUnreadableError(
                f"Line {number} of {journal_path(data)} is no decision. Put a backup "
                "of the file back, or delete the line."
            ) from error
        standing[made.decision_id] = made
    return list(standing.values())


def forget(data: DataDir, record_keys: Collection[str]) -> int:
    """Take out of the journal all that names one of these records; return the lines.

    It is for erasure: a record key can be an e-mail address, a reason can name people.
    """
    with _locked(data):
        lines = [json.loads(line) for line in _lines(data)]
        gone = {
            entry["decision_id"]
            for entry in lines
            if {entry.get("record_key"), entry.get("other_record_key")}
            & set(record_keys)
        }
        kept = [entry for entry in lines if entry["decision_id"] not in gone]
        if gone:
            path = journal_path(data)
            unfinished = path.with_suffix(".jsonl.tmp")
            with unfinished.open("w", encoding="utf-8") as file:
                for entry in kept:
                    _append(file, entry)
            unfinished.replace(path)
    return len(lines) - len(kept)


def load_decisions(connection: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Put the decisions that stand where the models of identity read them.

    Call it before identity is built.
    """
    rows = [tuple(asdict(made).values()) for made in standing_decisions(data)]
    with transaction(connection):
        connection.execute("delete from ops.identity_decisions")
        if rows:
            places = ", ".join("?" * len(rows[0]))
            connection.executemany(
                f"insert into ops.identity_decisions values ({places})", rows
            )


def journal_path(data: DataDir) -> Path:
    """Return the file that holds the decisions."""
    return data.state / "identity_decisions.jsonl"


def _lines(data: DataDir) -> list[str]:
    path = journal_path(data)
    if not path.exists():
        return []
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


@contextmanager
def _locked(data: DataDir) -> Iterator[TextIO]:
    """Open the journal for appending, one process at a time."""
    data.state.mkdir(parents=True, exist_ok=True)
    with (data.state / "identity_decisions.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with journal_path(data).open("a", encoding="utf-8") as journal:
            yield journal


def _append(journal: TextIO, entry: dict[str, Any]) -> None:
    journal.write(json.dumps(entry, default=str, ensure_ascii=False) + "\n")
    journal.flush()
    os.fsync(journal.fileno())


def _later_than(standing: Collection[Decision]) -> datetime:
    """Return the time of the last word, though the machine's clock was set back."""
    after = (made.decided_at + timedelta(microseconds=1) for made in standing)
    return max([clock.machine_time(), *after])
