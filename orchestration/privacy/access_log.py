"""Who saw, exported, changed or erased what: a log that cannot be edited unseen.

`state/access_log.jsonl` holds an entry a line. Each bears its number and the SHA-256 of
the line before it, so a line that is edited, taken out, put in or moved breaks the
chain where that was done. `state/access_log.head.json` has the number and hash of the
last entry, so that lines cut off the end are missed too. Whoever can write both files
can forge a whole log: keep a copy of the head where they cannot.

Belongs here: appending entries, and proving that the log is whole. Does not belong
here: what is worth an entry, which the commands and the app know. Entries name people
by customer id, never by what erasure must remove.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import clock
from orchestration.warehouse import DataDir

GENESIS = "0" * 64
"""What the first entry has for the hash of the one before."""

_TAIL_BYTES = 64 * 1024


class AccessLogError(ValueError):
    """The log cannot be appended to; the message says why and what to do."""


@dataclass(frozen=True)
class Head:
    """The last entry: how many there are, and the SHA-256 of its line."""

    number: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """What there is to log; see `append` for what each part means."""

    action: str
    subject: str | None = None
    purpose: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    by: str | None = None


@dataclass(frozen=True)
class Break:
    """Where the log is not what was written: a line, counted from 1, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"Line {self.line} of the access log {self.reason}."


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
    with _locked(data):
        last, unfinished_bytes = _end(data)
        head = _found(last)
        # A writer that died may have left entries that the head does not name yet.
        if head != _read_head(data) and _first_break(data):
            raise AccessLogError(
                f"{log_path(data)} does not end as it was written: it was edited or "
                "cut. `verify` says where; put a backup of state/ back. Until then "
                "nothing is logged, and nothing that must be logged is done."
            )
        at = _not_before(last)
        lines = []
        for entry in added:
            line = _line(
                {
                    "number": head.number + 1,
                    "at": at,
                    "by": entry.by or getpass.getuser(),
                    "action": entry.action,
                    "subject": entry.subject,
                    "purpose": entry.purpose,
                    "details": dict(entry.details),
                    "previous_sha256": head.sha256,
                }
            )
            head = Head(head.number + 1, _sha256(line))
            lines.append(line + b"\n")
        with log_path(data).open("ab") as log:
            # What a writer left that died was promised to nobody.
            log.truncate(log.tell() - unfinished_bytes)
            log.write(b"".join(lines))
            log.flush()
            os.fsync(log.fileno())
        _write_head(data, head)
    return head


def entries(data: DataDir) -> Iterator[dict[str, Any]]:
    """Yield all entries, the oldest first; `at` is a time in UTC.

    Raises:
        AccessLogError: a line is no entry.
    """
    for number, line in enumerate(_lines(data), 1):
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
    with _locked(data):
        return _first_break(data)


def redact(data: DataDir, mended: Callable[[str], str]) -> bool:
    """Change what entries say, chain them anew and say so; whether any changed.

    Raises:
        AccessLogError: the log was not as it was written, which this would hide.
    """
    with _locked(data):
        if broken := _first_break(data):
            raise AccessLogError(f"{broken} Put a backup of it back.")
        ended, head, lines = _read_head(data), Head(0, GENESIS), []
        for line in _lines(data):
            entry = json.loads(mended(line.decode()))
            lines.append(_line({**entry, "previous_sha256": head.sha256}))
            head = Head(head.number + 1, _sha256(lines[-1]))
        if head == ended:
            return False
        unfinished = log_path(data).with_suffix(".tmp")
        unfinished.write_bytes(b"".join(line + b"\n" for line in lines))
        unfinished.replace(log_path(data))
        _write_head(data, head)
    append(data, "log.redact", details={"sha256_before": ended.sha256})
    return True


def _first_break(data: DataDir) -> Break | None:
    """Walk the log; it may go on past its head, but must come by it."""
    head, found = _read_head(data), Head(0, GENESIS)
    for number, line in enumerate(_lines(data), 1):
        entry = _parsed(line)
        if entry is None:
            return Break(number, "is no entry")
        if entry.get("previous_sha256") != found.sha256:
            return Break(number, "does not follow from the line before it")
        if entry.get("number") != number:
            return Break(number, f"bears the number {entry.get('number')}")
        found = Head(number, _sha256(line))
        if number == head.number and found != head:
            return Break(number, "is not the one that was written last")
    if found.number < head.number:
        return Break(found.number + 1, "is missing")
    return None


def _found(last: bytes | None) -> Head:
    """Return the head of a log that ends with a line."""
    if last is None:
        return Head(0, GENESIS)
    return Head((_parsed(last) or {}).get("number", 0), _sha256(last))


def _not_before(last: bytes | None) -> str:
    """Return the time now, never before that of the last entry."""
    now = clock.machine_time().isoformat(timespec="microseconds")
    return max(now, str((_parsed(last or b"") or {}).get("at", now)))


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _lines(data: DataDir) -> Iterator[bytes]:
    """Yield the lines that end; half of one was promised to nobody."""
    path = log_path(data)
    if path.exists():
        with path.open("rb") as log:
            for line in log:
                if line.endswith(b"\n"):
                    yield line[:-1]


def _end(data: DataDir) -> tuple[bytes | None, int]:
    """Return the last whole line, and the bytes of an unfinished one after it.

    It reads from the end, so that an entry costs the same however long the log is.
    """
    path = log_path(data)
    size = path.stat().st_size if path.exists() else 0
    if size == 0:
        return None, 0
    reach = _TAIL_BYTES
    with path.open("rb") as log:
        while True:
            log.seek(max(0, size - reach))
            ended, line_feed, rest = log.read().rpartition(b"\n")
            if reach >= size or b"\n" in ended:
                break
            reach *= 2
    return (ended.rpartition(b"\n")[2] if line_feed else None), len(rest)


def _read_head(data: DataDir) -> Head:
    path = head_path(data)
    if not path.exists():
        return Head(0, GENESIS)
    try:
        return Head(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise AccessLogError(
            f"{path} cannot be read. Put a backup of it back."
        ) from error


def _write_head(data: DataDir, head: Head) -> None:
    path = head_path(data)
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(asdict(head), file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


@contextmanager
def _locked(data: DataDir) -> Iterator[None]:
    """Keep all others out, other threads of this process among them."""
    data.state.mkdir(parents=True, exist_ok=True)
    with (data.state / "access_log.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
