"""How far each source table has been read, kept under `state/cursors/`.

Belongs here: putting a landing file and the position that it stands for in place, both
or neither, whenever the process is killed. Does not belong here: what a cursor means,
which is the business of the connectors.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir

_NAME = "%Y-%m-%dT%H-%M-%S.%fZ"
_FETCHED = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}Z\.(parquet|jsonl)")


class PositionUnreadableError(ValueError):
    """A file under `state/cursors/` is damaged."""


@dataclass(frozen=True)
class Position:
    """Where the next extract of a source table goes on."""

    shape: str = ""
    """Digest of what is read and how; if it changes, the table is read anew."""
    cursor: str | None = None
    """Highest value of the cursor column that was read; None: read everything."""
    file: str | None = None
    """The file that landed last, relative to landing/."""
    sha256: str | None = None
    """The hash of its content."""
    content: str | None = None
    """The hash of the file of rows that landed last; the same again is no news."""
    window: dict[str, str | None] = field(default_factory=dict)
    """Files that rows of the overlap may be in, each with its highest cursor; None for
    a file with rows whose cursor is null, which are read every time."""
    compared_at: str | None = None
    """When the keys were last compared with those at the source, UTC."""


@dataclass(frozen=True)
class Cursors:
    """The position of one source table."""

    data: DataDir
    source: SourceTable

    @property
    def path(self) -> Path:
        """Where the position is kept."""
        return self.data.state / "cursors" / f"{self.source.name}.json"

    @property
    def folder(self) -> Path:
        """Where files of the table land."""
        return self.data.landing / self.source.landing_folder

    @property
    def partial(self) -> Path:
        """The file that is being written; the loader leaves it alone."""
        extension = "jsonl" if self.source.kind == "rest" else "parquet"
        return self.folder / f"extract.{extension}.tmp"

    def read(self) -> Position:
        """Return the position, after ending a commit that was cut short.

        A position whose file is gone from landing/ is forgotten: the rows before it may
        be gone as well.

        Raises:
            PositionUnreadableError: the file is damaged.
        """
        intended = self._load(self._intended)
        if intended:
            if self._has_landed(intended):
                self._intended.replace(self.path)
            else:
                self._intended.unlink()
        position = self._load(self.path) or Position()
        if position.file and not (self.data.landing / position.file).is_file():
            return Position()
        return position

    def commit(self, position: Position, *, lands: bool) -> None:
        """Put the partial file and the position in place, if `lands`; else the latter.

        The position that is meant is written first. Killed before the file is renamed,
        the old position holds; killed after, `read` finds the file and moves on.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _write(self._intended, json.dumps(asdict(position), indent=2))
        if lands:
            assert position.file
            _sync(self.partial)
            self.partial.replace(self.data.landing / position.file)
            _sync(self.folder)
        self._intended.replace(self.path)
        _sync(self.path.parent)

    def next_file(self, position: Position, now: datetime, extension: str) -> str:
        """Return the name of the next file, which sorts after the last one.

        Staging takes the row of the file that sorts last, so that a clock that was set
        back must not name a file before those that it follows. A snapshot replaces the
        one of the same day: both are the whole table.
        """
        stem = f"{now:%Y-%m-%d}" if self.source.mode == "snapshot" else f"{now:{_NAME}}"
        last = Path(position.file or "").name.split(".parquet")[0].split(".jsonl")[0]
        if self.source.mode == "snapshot":
            stem = max(stem, last)
        elif stem <= last:
            after = datetime.strptime(last, _NAME) + timedelta(microseconds=1)
            stem = f"{after:{_NAME}}"
        return f"{self.source.landing_folder}/{stem}.{extension}"

    @property
    def _intended(self) -> Path:
        return self.path.with_suffix(".json.tmp")

    def _has_landed(self, position: Position) -> bool:
        if not position.file:
            return True
        landed = self.data.landing / position.file
        return landed.is_file() and file_sha256(landed) == position.sha256

    def _load(self, path: Path) -> Position | None:
        try:
            return Position(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            if path == self._intended:
                path.unlink()
                return None
            raise PositionUnreadableError(
                f"{path} is damaged, so how far {self.source.name} was read is not "
                "known. Delete the file: the next run reads the whole table again."
            ) from error


def is_fetched(name: str) -> bool:
    """Return whether a connector gave a file its name, so that its rows are news.

    A row that changed and changed back makes the same file twice.
    """
    return _FETCHED.fullmatch(name) is not None


def file_sha256(path: Path) -> str:
    """Return the hash of a file's content."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    """Have the disk keep what was written to a file, or which names a folder has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
