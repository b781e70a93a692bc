"""What was erased where, when and why: the receipt, without personal data.

`state/erasure_receipts.jsonl` holds a line for each place of an erasure; the mart
`governance.erasure_receipts` shows them. Belongs here: the journal, and handing it to
the models. Does not belong here: erasing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.state import StateUnreadableError
from orchestration.warehouse import DataDir, transaction


@dataclass(frozen=True)
class Receipt:
    """What an erasure did in one place.

    Attributes:
        erasure_id: names the erasure.
        place: a table of landing/, a file of state/, a folder.
        action: what became of the items: removed, kept as numbers, scanned …
        items: how many rows, lines or files.
        people: how many were erased together.
        reason: as given with the request; None without one.
        requested_by: who asked for it.
        erased_at: when it began, UTC.
    """

    erasure_id: str
    place: str
    action: str
    items: int
    people: int
    reason: str | None
    requested_by: str
    erased_at: datetime


def journal_path(data: DataDir) -> Path:
    """Return the file that holds the receipts."""
    return data.state / "erasure_receipts.jsonl"


def append(data: DataDir, made: Sequence[Receipt]) -> None:
    """Keep what was done; a place that has a line of the same erasure keeps it."""
    known = {(r.erasure_id, r.place, r.action) for r in receipts(data)}
    with journal_path(data).open("a", encoding="utf-8") as journal:
        for receipt in made:
            if (receipt.erasure_id, receipt.place, receipt.action) not in known:
                journal.write(json.dumps(asdict(receipt), default=str) + "\n")
        journal.flush()
        os.fsync(journal.fileno())


def receipts(data: DataDir) -> list[Receipt]:
    """Return all receipts, the oldest first.

    Raises:
        StateUnreadableError: a line is none.
    """
    path = journal_path(data)
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            entry["erased_at"] = datetime.fromisoformat(entry["erased_at"])
            found.append(Receipt(**entry))
        except (ValueError, KeyError, TypeError) as error:
            raise StateUnreadableError(
                f"Line {number} of {path} is no receipt. Put a backup of the file back."
            ) from error
    return found


def load_receipts(connection: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Put the receipts where the marts read them; call it before they are built."""
    rows = [tuple(asdict(receipt).values()) for receipt in receipts(data)]
    with transaction(connection):
        connection.execute("delete from ops.erasure_receipts")
        if rows:
            connection.executemany(
                "insert into ops.erasure_receipts values (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
