"""The current release, open for many readers at once.

Belongs here: opening its files, whole or masked, and noticing that a newer one was
published. Does not belong here: what is read from it (customers.py, segments.py), and
who may read which file (access.py).

A process that connects again to a path which it still has open gets the database it had
before. Releases are therefore opened by their real path, which never changes, and a new
one is a new path.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from orchestration.releases.directory import MASKED, WHOLE
from orchestration.warehouse import DataDir

# What a reader sends is bound to parameters; should it ever become SQL, it still
# reaches no file and no network. One core a query: readers come many at once with
# short ones, which would spend as much on waking other cores as on reading.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
    "threads": 1,
}


class NotPublishedError(FileNotFoundError):
    """There is no release to read; the message says what to do."""


class OutdatedReleaseError(NotPublishedError):
    """The release lacks what is asked of it; the message says what, and what to do."""

    def __init__(self, lacks: str) -> None:
        super().__init__(
            f"The release in use has no {lacks}: an older version published it. One "
            "run publishes it anew: c360 run"
        )


# How DuckDB says that a table or column is not there.
_NO_TABLE = re.compile(r"Table with name (\S+) does not exist")
_NO_COLUMN = re.compile(
    r'Referenced column "([^"]+)" not found'
    r'|(?:Table|Values list) "([^"]+)" does not have a column named "([^"]+)"'
)


@contextmanager
def _told() -> Iterator[None]:
    """Say of a table or column that is missing that the release lacks it."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        if found := _NO_TABLE.search(f"{error}"):
            lacks = f"marts.{found[1].removeprefix('marts.')}"
        elif found := _NO_COLUMN.search(f"{error}"):
            lacks = f"column {found[1] or f'{found[2]}.{found[3]}'}"
        else:
            raise
        raise OutdatedReleaseError(lacks) from error


class Release:
    """One release, by the path of its directory. Close it when nobody reads it.

    Attributes:
        path: its directory, with no symlink in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers = 0
        self._is_retired = False
        self._lock = threading.Lock()
        self._databases: dict[str, duckdb.DuckDBPyConnection] = {}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the run that published it says of it."""
        return json.loads((self.path / "manifest.json").read_text(encoding="utf-8"))

    @property
    def run_id(self) -> str:
        """The run that published it."""
        return self.manifest["run_id"]

    @property
    def published_at(self) -> datetime:
        """When it was published, UTC."""
        return datetime.fromisoformat(self.manifest["published_at"])

    @contextmanager
    def read(self, *, masked: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of one's own to a file of the release.

        Args:
            masked: read the twin in which personal data is masked. There is no way from
                one file to the other, so who has this connection sees nothing else.

        Raises:
            NotPublishedError: the release has no such file.
            OutdatedReleaseError: what is read has a table or column that it lacks.
        """
        with self._lock:
            cursor = self._database(MASKED if masked else WHOLE).cursor()
            self._readers += 1
        try:
            with _told():
                yield cursor
        finally:
            cursor.close()
            with self._lock:
                self._readers -= 1
                self._close_if_idle()

    def retire(self) -> None:
        """Close the files as soon as nobody reads them."""
        with self._lock:
            self._is_retired = True
            self._close_if_idle()

    def _database(self, name: str) -> duckdb.DuckDBPyConnection:
        if name not in self._databases:
            path = self.path / name
            if not path.exists():
                raise NotPublishedError(
                    f"The release {self.path.name} has no {name}, so it cannot be "
                    "shown. Publish anew with: c360 run"
                )
            self._databases[name] = duckdb.connect(
                str(path), read_only=True, config=_CONFIG
            )
        return self._databases[name]

    def _close_if_idle(self) -> None:
        if self._is_retired and not self._readers:
            for database in self._databases.values():
                database.close()
            self._databases.clear()


class Releases:
    """The release that is current at each moment; one of these serves a whole process.

    Safe to use from many threads.

    Args:
        data: where releases are published.
        look_every: after how many seconds a release that was replaced, and that nobody
            asks for, is noticed and closed.
    """

    def __init__(self, data: DataDir, *, look_every: float = 10) -> None:
        self.data = data
        self._look_every = look_every
        self._lock = threading.Lock()
        self._open: Release | None = None
        self._is_watched = False

    def current(self) -> Release:
        """Return the current release; a newer one than last time retires that one.

        Raises:
            NotPublishedError: nothing was published yet.
        """
        with self._lock:
            path = self._retire_replaced()
            if self._open is None:
                if not (path / "manifest.json").exists():
                    raise NotPublishedError(
                        f"Nothing is published under {self.data.published} yet. "
                        "Publish with: c360 run"
                    )
                self._open = Release(path)
                if not self._is_watched:
                    self._is_watched = True
                    threading.Thread(target=self._watch, daemon=True).start()
            return self._open

    @contextmanager
    def read(self, *, masked: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection to the current release; see `Release.read`."""
        with self.current().read(masked=masked) as connection:
            yield connection

    def close(self) -> None:
        """Close what is open, as soon as nobody reads it."""
        with self._lock:
            self._retire()

    def _retire_replaced(self) -> Path:
        """Retire what is open if it was replaced; return where the current one is."""
        path = (self.data.published / "current").resolve()
        if self._open and self._open.path != path:
            self._retire()
        return path

    def _retire(self) -> None:
        if self._open:
            self._open.retire()
            self._open = None

    def _watch(self) -> None:
        """Retire what was replaced though nobody asks, until nothing is open."""
        while self._is_watched:
            time.sleep(self._look_every)
            with self._lock:
                self._retire_replaced()
                self._is_watched = self._open is not None
