"""What was erased where, when and why: the receipt, without personal data.

`state/erasure_receipts.jsonl` holds a line for each place of an erasure; the mart
`governance.erasure_receipts` shows them. Belongs here: the journal, and handing it to
the models. Does not belong here: erasing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.kept.json_lines import JsonLines
from orchestration.privacy.erasure.journal import Erasure
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
    journal = JsonLines(journal_path(data))
    with journal.locked():
        known = {(r.erasure_id, r.place, r.action) for r in receipts(data)}
        journal.append(
            asdict(receipt)
            for receipt in made
            if (receipt.erasure_id, receipt.place, receipt.action) not in known
        )


def keep(data: DataDir, erasure: Erasure, found: Mapping[tuple[str, str], int]) -> None:
    """Keep what an erasure did, given as items by place and action."""
    append(
        data,
        [
            Receipt(
                erasure_id=erasure.erasure_id,
                place=place,
                action=action,
                items=items,
                people=len(erasure.customer_ids),
                reason=erasure.reason,
                requested_by=erasure.requested_by,
                erased_at=datetime.fromisoformat(erasure.erased_at),
            )
            for (place, action), items in found.items()
            if items
        ],
    )


def receipts(data: DataDir) -> list[Receipt]:
    """Return all receipts, the oldest first.

    Raises:
        StateUnreadableError: a line is none.
    """
    return JsonLines(journal_path(data)).read(
        _receipt, "no receipt. Put a backup of the file back."
    )


def load_receipts(connection: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Put the receipts where the marts read them; call it before they are built."""
    rows = [tuple(asdict(receipt).values()) for receipt in receipts(data)]
    with transaction(connection):
        connection.execute("delete from ops.erasure_receipts")
        if rows:
            connection.executemany(
                "insert into ops.erasure_receipts values (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )


def _receipt(line: dict[str, Any]) -> Receipt:
    return Receipt(**line | {"erased_at": datetime.fromisoformat(line["erased_at"])})
