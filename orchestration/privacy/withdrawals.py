"""Consent that people took back, as told to us directly; it holds from that moment on.

`state/consent_withdrawals.jsonl` has a line each. The next build may be hours away and
the gate of the marts closed, so exports ask this journal as well as the release. A
grant that was stated later than a withdrawal overrides it. Belongs here: the journal.
Does not belong here: whom an export leaves out for it (activation/recipients.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import clock
from orchestration.kept.json_lines import JsonLines
from orchestration.warehouse import DataDir


@dataclass(frozen=True)
class Withdrawal:
    """Somebody's no."""

    identifier: str
    """Customer id, record key, e-mail address or any other identifier."""
    purpose: str | None
    """None for every purpose."""
    channel: str | None
    """None for every channel."""
    withdrawn_at: datetime
    """UTC."""


def journal_path(data: DataDir) -> Path:
    """Return the file that holds the withdrawals."""
    return data.state / "consent_withdrawals.jsonl"


def withdraw(
    data: DataDir,
    identifier: str,
    *,
    purpose: str | None = None,
    channel: str | None = None,
) -> Withdrawal:
    """Keep a withdrawal; exports that start after this leave the person out.

    Args:
        data: the data directory.
        identifier: of the person; of several whom it names, all are left out.
        purpose: what may no longer be done; by default, nothing may.
        channel: by which channel; by default, by any.

    Raises:
        ValueError: nobody is named.
    """
    named = identifier.strip()
    if not named:
        raise ValueError("Name who withdraws: a customer id, an e-mail address, …")
    made = Withdrawal(
        named.lower() if "@" in named else named,
        purpose,
        channel,
        clock.machine_time(),
    )
    journal = JsonLines(journal_path(data))
    with journal.locked():
        journal.append([asdict(made)])
    return made


def withdrawals(data: DataDir) -> list[Withdrawal]:
    """Return all withdrawals, the oldest first.

    Raises:
        StateUnreadableError: a line of the journal is none.
    """
    return JsonLines(journal_path(data)).read(
        _withdrawal,
        "no withdrawal. Put a backup of the file back, or mend the line: nothing is "
        "exported until it can be read.",
    )


def forget(data: DataDir, identifiers: Collection[str]) -> int:
    """Take out of the journal what names one of these; return the lines. For erasure.

    Whoever is erased is in no audience, so nothing is exported by the loss.
    """
    journal = JsonLines(journal_path(data))
    erased = {identifier.lower() for identifier in identifiers}
    with journal.locked():
        known = withdrawals(data)
        kept = [made for made in known if made.identifier.lower() not in erased]
        if len(kept) < len(known):
            journal.rewrite(map(asdict, kept))
    return len(known) - len(kept)


def _withdrawal(line: dict[str, Any]) -> Withdrawal:
    return Withdrawal(
        **line | {"withdrawn_at": datetime.fromisoformat(line["withdrawn_at"])}
    )
