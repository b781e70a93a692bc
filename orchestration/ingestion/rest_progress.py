"""Pages that came before a fetch was done, kept so that the next goes on after them.

Belongs here: the file of pages, and how far it is good. Does not belong here: asking
for pages (rest.py).
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.ingestion.cursors import Cursors
from orchestration.ingestion.rest_pages import Request


@dataclass(frozen=True)
class Progress:
    """How far a fetch came."""

    start: str
    """Digest of what is asked, and from where: pages of another start are no use."""
    request: Request
    """The page that comes next."""
    bytes: int = 0
    """Size of the pages that are whole."""
    rows: int = 0
    pages: int = 0
    newest_page: str = ""
    """Digest of the page before."""
    totals: tuple[int, ...] = ()
    """How many rows there were to be, on the first page and on the newest."""
    highest: str | None = None
    lacks_cursors: bool = False
    is_complete: bool = False


@dataclass(frozen=True)
class PageStore:
    """The pages of one table and their progress, on disk."""

    cursors: Cursors

    @property
    def path(self) -> Path:
        """The file of pages, one row a line; the loader leaves it alone."""
        return self.cursors.folder / "pages.jsonl.tmp"

    def resume(self, start: str) -> Progress | None:
        """Return the progress of a fetch that began like this one, if there is one."""
        try:
            kept = json.loads(self._progress.read_text(encoding="utf-8"))
            progress = Progress(
                **{
                    **kept,
                    "request": Request(**kept["request"]),
                    "totals": tuple(kept["totals"]),
                }
            )
            is_whole = self.path.stat().st_size >= progress.bytes
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return progress if progress.start == start and is_whole else None

    def append(self, progress: Progress, text: bytes) -> None:
        """Add a page whose place is the end of the pages, then say that it is there."""
        with self.path.open("ab") as pages:
            pages.truncate(progress.bytes - len(text))
            pages.write(text)
            pages.flush()
            os.fsync(pages.fileno())
        self._progress.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._progress.with_suffix(".tmp")
        unfinished.write_text(json.dumps(asdict(progress)), encoding="utf-8")
        unfinished.replace(self._progress)

    def forget(self) -> None:
        """Remove the pages."""
        self._progress.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    @property
    def _progress(self) -> Path:
        return self.cursors.path.with_suffix(".pages")


def digest(content: bytes) -> str:
    """Return the hash of a page."""
    return hashlib.sha256(content).hexdigest()
