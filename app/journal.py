"""Writing the access log for many people at once, without each waiting for the disk.

An entry is on the disk when `Journal.write` returns, as it is with `access_log.append`.
While one batch of entries is being written the next one gathers, and goes out in one
piece, so a hundred views a second wait for the disk a few dozen times.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from orchestration.privacy.access_log import Entry, append_all
from orchestration.warehouse import DataDir


class _Batch:
    """Entries that are written together, and what became of them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.is_done = False
        self.error: Exception | None = None


class Journal:
    """The access log of a data directory; safe to use from many threads."""

    def __init__(self, data: DataDir) -> None:
        self.data = data
        self._gathering = _Batch()
        self._gather_lock = threading.Lock()
        self._write_lock = threading.Lock()

    def write(
        self,
        action: str,
        *,
        subject: str | None = None,
        purpose: str | None = None,
        details: Mapping[str, Any] | None = None,
        by: str,
    ) -> None:
        """Add an entry; see `access_log.append`.

        Raises:
            AccessLogError: the end of the log was tampered with.
            OSError: the disk did not take it.
        """
        with self._gather_lock:
            batch = self._gathering
            batch.entries.append(Entry(action, subject, purpose, details or {}, by))
        with self._write_lock:
            # The first of a batch to get here writes it for all.
            if not batch.is_done:
                self._write_out(batch)
        if batch.error:
            raise batch.error

    def _write_out(self, batch: _Batch) -> None:
        with self._gather_lock:
            self._gathering = _Batch()
        try:
            append_all(self.data, batch.entries)
        except Exception as error:
            batch.error = error
        batch.is_done = True
