"""The file of the access log: lines each of which bears the hash of the one before it.

A line that is edited, taken out, put in or moved breaks the chain where that was done.
The head, a file of its own, has the number and hash of the last line, so that lines cut
off the end are missed too. Belongs here: reading, locking and proving such a file. Does
not belong here: what an entry says (`access_log.py`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.kept.json_lines import JsonLines

GENESIS = "0" * 64
"""What the first line has for the hash of the one before."""

_TAIL_BYTES = 64 * 1024

# Room for any number and hash; blanks after a head are no part of it.
_HEAD_BYTES = 128


class AccessLogError(ValueError):
    """The log cannot be appended to; the message says why and what to do."""


@dataclass(frozen=True)
class Head:
    """The last line: how many there are, and the SHA-256 of it."""

    number: int
    sha256: str


@dataclass(frozen=True)
class Break:
    """Where the log is not what was written: a line, counted from 1, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"Line {self.line} of the access log {self.reason}."


@dataclass(frozen=True)
class Chain:
    """A file of such lines, and that of its head."""

    path: Path
    head_path: Path

    def locked(self) -> AbstractContextManager[None]:
        """Keep all others out, other threads of this process among them."""
        return JsonLines(self.path).locked()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines that end; half of one was promised to nobody."""
        if self.path.exists():
            with self.path.open("rb") as log:
                for line in log:
                    if line.endswith(b"\n"):
                        yield line[:-1]

    def end(self) -> tuple[bytes | None, int]:
        """Return the last whole line, and the bytes of an unfinished one after it.

        It reads from the end, so that a line costs the same however many there are.
        """
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == 0:
            return None, 0
        reach = _TAIL_BYTES
        with self.path.open("rb") as log:
            while True:
                log.seek(max(0, size - reach))
                ended, line_feed, rest = log.read().rpartition(b"\n")
                if reach >= size or b"\n" in ended:
                    break
                reach *= 2
        return (ended.rpartition(b"\n")[2] if line_feed else None), len(rest)

    def append(self, lines: list[bytes], head: Head, unfinished_bytes: int) -> None:
        """Add lines, in place of what a writer left that died; they are on the disk."""
        with self.path.open("ab") as log:
            log.truncate(log.tell() - unfinished_bytes)
            log.write(b"".join(line + b"\n" for line in lines))
            log.flush()
            os.fsync(log.fileno())
        self._note_head(head)

    def rewrite(self, lines: list[bytes], head: Head) -> None:
        """Replace all lines; who is stopped leaves the old ones or the new."""
        _put_on_disk(self._next_head_path, _head_text(head))
        _put_on_disk(self.path, b"".join(line + b"\n" for line in lines))
        self._next_head_path.replace(self.head_path)

    def head(self) -> Head:
        """Return what was written last.

        Raises:
            AccessLogError: the file of the head is damaged.
        """
        if self._next_head_path.exists():
            # Whoever rewrote the log was stopped: did the lines take their place?
            next_head = _read_head(self._next_head_path)
            if next_head == head_of(self.end()[0]):
                return next_head
        return _read_head(self.head_path)

    @property
    def _next_head_path(self) -> Path:
        return self.head_path.with_suffix(".next")

    def _note_head(self, head: Head) -> None:
        """Write down which line is the last, in place of the one before.

        Others see it at once. The disk is not waited for, which has the line itself:
        should the machine stop before the head is on it, the chain goes on past the
        head, as it does behind a writer that died, and is walked before it is added to.
        A head is shorter than what a disk writes as one.
        """
        try:
            file = os.open(self.head_path, os.O_WRONLY)
        except FileNotFoundError:
            _put_on_disk(self.head_path, _head_text(head))
            return
        try:
            is_ours = os.fstat(file).st_size == _HEAD_BYTES
            if is_ours:
                os.pwrite(file, _head_text(head), 0)
        finally:
            os.close(file)
        if not is_ours:
            _put_on_disk(self.head_path, _head_text(head))

    def first_break(self) -> Break | None:
        """Walk the chain; it may go on past its head, but must come by it."""
        head, found = self.head(), Head(0, GENESIS)
        for number, line in enumerate(self.lines(), 1):
            entry = parsed(line)
            if entry is None:
                return Break(number, "is no entry")
            if entry.get("previous_sha256") != found.sha256:
                return Break(number, "does not follow from the line before it")
            if entry.get("number") != number:
                return Break(number, f"bears the number {entry.get('number')}")
            found = Head(number, sha256(line))
            if number == head.number and found != head:
                return Break(number, "is not the one that was written last")
        if found.number < head.number:
            return Break(found.number + 1, "is missing")
        return None


def _put_on_disk(path: Path, content: bytes) -> None:
    """Write a file in place of one that may be there; it is on the disk."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _read_head(path: Path) -> Head:
    if not path.exists():
        return Head(0, GENESIS)
    try:
        return Head(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise AccessLogError(
            f"{path} cannot be read. Put a backup of it back."
        ) from error


def _head_text(head: Head) -> bytes:
    return json.dumps(asdict(head)).encode().ljust(_HEAD_BYTES)


def head_of(last: bytes | None) -> Head:
    """Return the head of a chain that ends with a line."""
    if last is None:
        return Head(0, GENESIS)
    return Head((parsed(last) or {}).get("number", 0), sha256(last))


def spelt(entry: Mapping[str, Any]) -> bytes:
    """Return the line of an entry, without its end."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()


def parsed(line: bytes) -> dict[str, Any] | None:
    """Return the entry of a line; None if it has none."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def sha256(line: bytes) -> str:
    """Return the hash of a line."""
    return hashlib.sha256(line).hexdigest()
