"""Journals of JSON lines under `state/`: they are on the disk when a call returns.

Belongs here: locking, adding, reading and rewriting lines. Does not belong here: what a
line means, which the modules that own a journal say (decisions, withdrawals, …).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from orchestration.kept.state import StateUnreadableError

T = TypeVar("T")


@dataclass(frozen=True)
class JsonLines:
    """A file with a JSON object a line, the oldest first."""

    path: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing, for what depends on what is there."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def append(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Add lines; call it within `locked`."""
        with self.path.open("a", encoding="utf-8") as file:
            _write(file, entries)

    def rewrite(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Replace all lines, in one step for who reads; call it within `locked`."""
        unfinished = self.path.with_suffix(".jsonl.tmp")
        with unfinished.open("w", encoding="utf-8") as file:
            _write(file, entries)
        unfinished.replace(self.path)

    def read(self, parse: Callable[[dict[str, Any]], T], otherwise: str) -> list[T]:
        """Return what each line says.

        Args:
            parse: makes an entry of a line; may raise ValueError, KeyError, TypeError.
            otherwise: what a line is that has no such entry, and what to do about it;
                "Line 3 of FILE is" stands before it.

        Raises:
            StateUnreadableError: a line has none.
        """
        if not self.path.exists():
            return []
        found = []
        # Not splitlines(), which also ends a line at U+2028 and others within a text.
        for number, line in enumerate(self.path.read_text("utf-8").split("\n"), 1):
            if not line.strip():
                continue
            try:
                found.append(parse(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise StateUnreadableError(
                    f"Line {number} of {self.path} is {otherwise}"
                ) from error
        return found


def _write(file: TextIO, entries: Iterable[Mapping[str, Any]]) -> None:
    for entry in entries:
        file.write(json.dumps(entry, default=str, ensure_ascii=False) + "\n")
    file.flush()
    os.fsync(file.fileno())
