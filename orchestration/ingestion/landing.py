"""Finding the files that are ready to be read.

Belongs here: what the file system says of a file. Does not belong here: what is in it.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

SETTLE_SECONDS = 1.0
"""A file touched more recently than this is looked at twice, so long apart."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class LandingFile:
    """A file as it was when it was found."""

    location: Path
    path: str
    """Relative to landing/, with forward slashes: its name in ledger and raw table."""
    bytes: int
    changed_at: datetime
    """UTC; the inode's change time, which copying with old time stamps cannot fake."""
    dropped_on: date

    def is_unchanged(self) -> bool:
        """Return whether the file on disk is still the one that was found.

        Raises:
            FileNotFoundError: it is gone.
        """
        return look_at(self.location, self.path) == self

    def sha256(self) -> str:
        """Return the hash of the content.

        Raises:
            OSError: the file is gone or cannot be read.
        """
        with self.location.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()


def find_files(
    landing: Path, folder: str, settle_seconds: float = SETTLE_SECONDS
) -> tuple[list[LandingFile], list[str]]:
    """Return the files of a folder in the order they were dropped, and who must wait.

    Hidden files, folders and `*.tmp` do not count. A file that changes within
    `settle_seconds` is still being written: its path is in the second list.
    """
    found = _list_folder(landing, folder)
    newest = max((file.changed_at for file in found.values()), default=None)
    waiting: list[str] = []
    if newest and time.time() - newest.timestamp() < settle_seconds:
        time.sleep(settle_seconds)
        later = _list_folder(landing, folder)
        waiting = sorted(path for path in later if later[path] != found.get(path))
        found = {path: later[path] for path in later if path not in waiting}
    return sorted(found.values(), key=lambda f: (f.dropped_on, f.path)), waiting


def unread_folders(landing: Path, read: Collection[str]) -> list[str]:
    """Return the folders `<system>/<table>` that hold files and that nothing reads."""
    found = {
        location.parent.relative_to(landing).as_posix()
        for location in landing.glob("*/*/*")
        if location.is_file() and not location.name.startswith(".")
    }
    return sorted(found.difference(read))


def _list_folder(landing: Path, folder: str) -> dict[str, LandingFile]:
    directory = landing / folder
    if not directory.is_dir():
        return {}
    files = {}
    for location in directory.iterdir():
        if location.name.startswith(".") or location.name.endswith(".tmp"):
            continue
        try:
            if location.is_file():
                # A name may hold bytes that are no UTF-8, a database may not.
                name = os.fsencode(location.name).decode(errors="replace")
                path = f"{folder}/{name}"
                files[path] = look_at(location, path)
        except FileNotFoundError:
            continue
    return files


def look_at(location: Path, path: str) -> LandingFile:
    """Return what the file system says of a file now.

    Raises:
        FileNotFoundError: there is no such file.
    """
    stat = location.stat()
    modified_on = datetime.fromtimestamp(stat.st_mtime, UTC).date()
    return LandingFile(
        location=location,
        path=path,
        bytes=stat.st_size,
        changed_at=datetime.fromtimestamp(stat.st_ctime, UTC).replace(tzinfo=None),
        dropped_on=_date_in(location.name) or modified_on,
    )


def _date_in(name: str) -> date | None:
    for match in _ISO_DATE.findall(name):
        try:
            return date.fromisoformat(match)
        except ValueError:
            continue
    return None
