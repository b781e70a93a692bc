"""Who saw, exported, changed or erased what: a log that cannot be edited unseen.

`state/access_log.jsonl` holds an entry a line. Each bears its number and the SHA-256 of
the line before it, so a line that is edited, taken out, put in or moved breaks the
chain where that was done. `state/access_log.head.json` has the number and hash of the
last entry, so that lines cut off the end are missed too. Whoever can write both files
can forge a whole log: keep a copy of the head where they cannot.

Belongs here: appending entries, and proving that the log is whole. Does not belong
here: the file that they are in (`access_chain.py`), and what is worth an entry, which
the commands and the app know. Entries name people by customer id, never by what erasure
must remove.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import clock
from orchestration.privacy.access_chain import (
    GENESIS,
    AccessLogError,
    Break,
    Chain,
    Head,
    head_of,
    parsed,
    sha256,
    spelt,
)
from orchestration.warehouse import DataDir

__all__ = [
    "AccessLogError",
    "Break",
    "Entry",
    "Head",
    "append",
    "append_all",
    "entries",
    "forget_before",
    "redact",
    "verify",
]


@dataclass(frozen=True)
class Entry:
    """What there is to log; see `append` for what each part means."""

    action: str
    subject: str | None = None
    purpose: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None


def log_path(data: DataDir) -> Path:
    """Return the file that holds the entries."""
    return data.state / "access_log.jsonl"


def head_path(data: DataDir) -> Path:
    """Return the file that says which entry is the last."""
    return data.state / "access_log.head.json"


def append(
    data: DataDir,
    action: str,
    *,
    subject: str | None = None,
    purpose: str | None = None,
    details: Mapping[str, Any] | None = None,
    by: str | None = None,
) -> Head:
    """Add an entry; it is on the disk when this returns. Return the new head.

    Args:
        data: the data directory.
        action: what was done, such as `audience.export` or `privacy.erase`.
        subject: customer id, or name of the audience, that it was done to.
        purpose: what for.
        details: what else belongs to it, JSON values only; no personal data.
        by: who did it; the user of this process by default.

    Raises:
        AccessLogError: the end of the log is not what was written last, and an entry
            after it would hide that.
    """
    return append_all(data, [Entry(action, subject, purpose, details or {}, by)])


def append_all(data: DataDir, added: Iterable[Entry]) -> Head:
    """Add entries, all on the disk when this returns; see `append`.

    The disk is waited for once, whatever their number.
    """
    chain = _chain(data)
    with chain.locked():
        last, unfinished_bytes = chain.end()
        head = head_of(last)
        # A writer that died may have left entries that the head does not name yet.
        if head != chain.head() and chain.first_break():
            raise AccessLogError(
                f"{log_path(data)} does not end as it was written: it was edited or "
                "cut. `c360 privacy log` says where; put a backup of state/ back. "
                "Until then nothing is logged, and nothing that must be logged is done."
            )
        at = _not_before(last)
        lines = []
        for entry in added:
            lines.append(_line(entry, at, head))
            head = head_of(lines[-1])
        chain.append(lines, head, unfinished_bytes)
    return head


def entries(data: DataDir) -> Iterator[dict[str, Any]]:
    """Yield all entries, the oldest first; `at` is a time in UTC.

    Raises:
        AccessLogError: a line is no entry.
    """
    for number, line in enumerate(_chain(data).lines(), 1):
        try:
            entry = json.loads(line)
            entry["at"] = datetime.fromisoformat(entry["at"])
        except (ValueError, KeyError, TypeError) as error:
            raise AccessLogError(
                f"Line {number} of {log_path(data)} is no entry. See what was done to "
                "it, then put a backup of the file back."
            ) from error
        yield entry


def verify(data: DataDir) -> Break | None:
    """Return the first line that is not what was written, or None if all are.

    An edited line shows by the one after it, and the last line by the head.
    """
    chain = _chain(data)
    with chain.locked():
        return chain.first_break()


def redact(data: DataDir, mended: Callable[[str], str]) -> bool:
    """Change what entries say, chain them anew and say so; whether any changed.

    Raises:
        AccessLogError: the log was not as it was written, which this would hide.
    """
    return _rewrite(data, "log.redact", mended)


def forget_before(data: DataDir, moment: datetime) -> bool:
    """Take out older entries, chain the rest anew and say so; whether there were any.

    What the log was is still told: the entry that is added bears the hash of its last.

    Args:
        data: the data directory.
        moment: UTC.

    Raises:
        AccessLogError: the log was not as it was written, which this would hide.
    """

    def recent(line: str) -> str | None:
        is_old = datetime.fromisoformat(json.loads(line)["at"]) < moment
        return None if is_old else line

    return _rewrite(data, "log.forget", recent)


def _rewrite(data: DataDir, action: str, left: Callable[[str], str | None]) -> bool:
    """Write the log anew with what is left of its lines, None for nothing."""
    chain = _chain(data)
    with chain.locked():
        if broken := chain.first_break():
            raise AccessLogError(f"{broken} Put a backup of it back.")
        ended, head, lines = chain.head(), Head(0, GENESIS), []
        at = _not_before(chain.end()[0])
        for text in filter(None, (left(line.decode()) for line in chain.lines())):
            entry = json.loads(text)
            number = head.number + 1
            lines.append(
                spelt({**entry, "number": number, "previous_sha256": head.sha256})
            )
            head = Head(number, sha256(lines[-1]))
        if head == ended:
            return False
        said = Entry(action, details={"sha256_before": ended.sha256})
        lines.append(_line(said, at, head))
        chain.rewrite(lines, head_of(lines[-1]))
    return True


def _line(entry: Entry, at: str, after: Head) -> bytes:
    """Return the line of an entry that comes after the one of a head."""
    return spelt(
        {
            "number": after.number + 1,
            "at": at,
            "by": entry.by or getpass.getuser(),
            "action": entry.action,
            "subject": entry.subject,
            "purpose": entry.purpose,
            "details": dict(entry.details),
            "previous_sha256": after.sha256,
        }
    )


def _chain(data: DataDir) -> Chain:
    return Chain(log_path(data), head_path(data))


def _not_before(last: bytes | None) -> str:
    """Return the time now, never before that of the last entry."""
    now = clock.machine_time().isoformat(timespec="microseconds")
    return max(now, str((parsed(last or b"") or {}).get("at", now)))
