"""A journal of requests under `state/`: lines are added, and read from the start.

The build reads what it says at the next run, and exports at once. Belongs here: to
name who says what and when. Does not belong here: how lines are kept
(kept/json_lines.py), and what a request does.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import clock
from orchestration.kept.json_lines import JsonLines
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
        lines = JsonLines(self.path)
        with lines.locked():
            lines.append({**said, **entry} for entry in entries)

    def entries(self) -> list[dict[str, Any]]:
        """Return all entries, the oldest first; `at` is a time in UTC.

        Raises:
            StateUnreadableError: a line is no entry.
        """
        return JsonLines(self.path).read(
            _entry, "no entry. Put a backup of the file back, or mend the line."
        )

    def forget(self, customer_ids: Collection[str]) -> int:
        """Take out what is said of customers; return the lines. For erasure."""
        erased = set(customer_ids)
        return self.keep(lambda entry: entry["customer_id"] not in erased)

    def keep(
        self, is_kept: Callable[[dict[str, Any]], bool], *, dry_run: bool = False
    ) -> int:
        """Take out the entries that are not to be kept; return how many.

        Args:
            is_kept: asked of each entry.
            dry_run: only count.
        """
        lines = JsonLines(self.path)
        with lines.locked():
            known = self.entries()
            kept = [entry for entry in known if is_kept(entry)]
            if len(kept) < len(known) and not dry_run:
                lines.rewrite(kept)
        return len(known) - len(kept)


def _entry(line: dict[str, Any]) -> dict[str, Any]:
    line["at"] = datetime.fromisoformat(line["at"])
    str(line["customer_id"])
    return line
