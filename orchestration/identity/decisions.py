"""What stewards decided: which records are one person, and which are not.

Decisions are kept in `state/identity_decisions.jsonl`, a line each, with who decided,
when and why; taking one back adds a line. The journal takes entries while a run holds
the warehouse, and outlives it. Belongs here: the journal, and handing it to the models
of identity. Does not belong here: what a decision does (`int_identity__decisions`).
"""

from __future__ import annotations

import getpass
import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import duckdb

from orchestration import clock
from orchestration.kept.json_lines import JsonLines
from orchestration.warehouse import DataDir, transaction

Verdict = Literal["must_link", "cannot_link"]

_UNDO = "undo"
_NO_DECISION = "no decision. Put a backup of the file back, or delete the line."


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
    journal = JsonLines(journal_path(data))
    with journal.locked():
        made = Decision(
            decision_id=uuid.uuid4().hex[:8],
            decision=decision,
            record_key=one,
            other_record_key=other,
            decided_by=by or getpass.getuser(),
            decided_at=_later_than(standing_decisions(data)),
            reason=reason.strip(),
        )
        journal.append([asdict(made)])
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
    journal = JsonLines(journal_path(data))
    with journal.locked():
        standing = standing_decisions(data)
        known = {(made.record_key, made.other_record_key) for made in standing}
        decided_at = _later_than(standing)
        journal.append(
            asdict(
                Decision(
                    uuid.uuid4().hex[:8],
                    "must_link",
                    one,
                    other,
                    by,
                    decided_at,
                    reason,
                )
            )
            for one, other in sorted(set(pairs) - known)
        )


def undo(
    data: DataDir, decision_id: str, *, reason: str, by: str | None = None
) -> Decision:
    """Take a decision back from the next run on; return what it was.

    Raises:
        DecisionError: no such decision stands.
    """
    journal = JsonLines(journal_path(data))
    with journal.locked():
        standing = {made.decision_id: made for made in standing_decisions(data)}
        if decision_id not in standing:
            raise DecisionError(
                f"No decision {decision_id} stands in {journal_path(data).name}. See "
                "`c360 identity decisions`; those of the seed steward_decisions are "
                "changed there."
            )
        journal.append(
            [
                {
                    "decision": _UNDO,
                    "decision_id": decision_id,
                    "decided_by": by or getpass.getuser(),
                    "decided_at": clock.machine_time(),
                    "reason": reason,
                }
            ]
        )
    return standing[decision_id]


def standing_decisions(data: DataDir) -> list[Decision]:
    """Return the decisions that were not taken back, the oldest first.

    Raises:
        StateUnreadableError: a line of the journal is no entry.
    """
    standing: dict[str, Decision] = {}
    for word in _words(data):
        if isinstance(word, Decision):
            standing[word.decision_id] = word
        else:
            standing.pop(word, None)
    return list(standing.values())


def forget(data: DataDir, record_keys: Collection[str]) -> int:
    """Take out of the journal all that names one of these records; return the lines.

    It is for erasure: a record key can be an e-mail address, a reason can name people.
    """
    journal = JsonLines(journal_path(data))
    with journal.locked():
        lines = journal.read(dict, _NO_DECISION)
        gone = {
            entry["decision_id"]
            for entry in lines
            if {entry.get("record_key"), entry.get("other_record_key")}
            & set(record_keys)
        }
        kept = [entry for entry in lines if entry["decision_id"] not in gone]
        if gone:
            journal.rewrite(kept)
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


def _words(data: DataDir) -> list[Decision | str]:
    """Return each decision made, and the id of each taken back, in their order."""
    return JsonLines(journal_path(data)).read(_word, _NO_DECISION)


def _word(line: dict[str, Any]) -> Decision | str:
    if line["decision"] == _UNDO:
        return str(line["decision_id"])
    line["decided_at"] = datetime.fromisoformat(line["decided_at"])
    return Decision(**{field.name: line[field.name] for field in fields(Decision)})


def _later_than(standing: Collection[Decision]) -> datetime:
    """Return the time of the last word, though the machine's clock was set back."""
    after = (made.decided_at + timedelta(microseconds=1) for made in standing)
    return max([clock.machine_time(), *after])
