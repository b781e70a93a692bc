"""A journal of requests under `state/`: lines are added, and read from the start.

The build reads what it says at the next run, and exports at once. Belongs here: to
write, read and clear lines. Does not belong here: what a line means.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import clock
from orchestration.state import StateUnreadableError
from orchestration.warehouse import DataDir


@dataclass(frozen=True)
class Journal:
    """A file of JSON lines, each with `at` (UTC), `by` and `customer_id`."""

    path: Path

    @classmethod
    def of(cls, data: DataDir, name: str) -> Journal:
        """Return the journal of a name."""
        return cls(data.state / f"{name}.jsonl")

    def append(self, entries: Collection[Mapping[str, Any]], by: str | None) -> None:
        """Add entries, all of one moment; they are on the disk when this returns.

        Args:
            entries: what they say, JSON values only.
            by: who says it; the user of this process by default.
        """
        said = {"at": clock.machine_time(), "by": by or getpass.getuser()}
        with self._locked(), self.path.open("a", encoding="utf-8") as file:
            _write(file, [{**said, **entry} for entry in entries])

    def entries(self) -> list[dict[str, Any]]:
        """Return all entries, the oldest first; `at` is a time in UTC.

        Raises:
            StateUnreadableError: a line is no entry.
        """
        if not self.path.exists():
            return []
        found = []
        for number, line in enumerate(self.path.read_text("utf-8").splitlines(), 1):
            try:
                entry = json.loads(line)
                entry["at"] = datetime.fromisoformat(entry["at"])
                str(entry["customer_id"])
            except (ValueError, KeyError, TypeError) as error:
                raise StateUnreadableError(
                    f"Line {number} of {self.path} is no entry. Put a backup of the "
                    "file back, or mend the line."
                ) from error
            found.append(entry)
        return found

    def forget(self, customer_ids: Collection[str]) -> int:
        """Take out what is said of customers; return the lines. For erasure."""
        with self._locked():
            known = self.entries()
            kept = [e for e in known if e["customer_id"] not in set(customer_ids)]
            if len(kept) < len(known):
                unfinished = self.path.with_suffix(".jsonl.tmp")
                with unfinished.open("w", encoding="utf-8") as file:
                    _write(file, kept)
                unfinished.replace(self.path)
        return len(known) - len(kept)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write(file: Any, entries: Collection[Mapping[str, Any]]) -> None:
    for entry in entries:
        file.write(json.dumps(entry, default=str, ensure_ascii=False) + "\n")
    file.flush()
    os.fsync(file.fileno())
