"""What an erasure did to a file, and how the new file takes the place of the old one.

Belongs here: the count and the step. Does not belong here: what is written.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from orchestration.privacy.erasure.rows import Verdict

UNFINISHED = ".erasing.tmp"

Place = Callable[[Path, "Change", Callable[[BinaryIO], None]], "Change"]
"""What is done with a file, what became of it and what writes it anew."""


@dataclass(frozen=True)
class Change:
    """What became of one file.

    Attributes:
        path: relative to landing/ or archive/.
        sha256_before: of the whole file as it was.
        sha256_after: of the file as it is.
        bytes_after: its size.
        removed: rows that are gone.
        quarantined: those of them that could not have been loaded.
        kept: rows that are numbers now.
        mended: rows of others that named somebody.
    """

    path: str
    sha256_before: str = ""
    sha256_after: str = ""
    bytes_after: int = 0
    removed: int = 0
    quarantined: int = 0
    kept: int = 0
    mended: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON would say it."""
        return asdict(self)

    def counting(self, verdict: Verdict, *, is_bad: bool = False) -> Change:
        """Return it with one more row of which this became."""
        match verdict:
            case Verdict.REMOVED:
                bad = self.quarantined + is_bad
                return replace(self, removed=self.removed + 1, quarantined=bad)
            case Verdict.KEPT:
                return replace(self, kept=self.kept + 1)
        return replace(self, mended=self.mended + 1)


def leave_alone(
    _path: Path, change: Change, _write: Callable[[BinaryIO], None]
) -> Change:
    """Only tell what would become of a file, for a dry run."""
    return change


def put_in_place(
    path: Path,
    change: Change,
    write: Callable[[BinaryIO], None],
    intend: Callable[[Change], None] = lambda _change: None,
) -> Change:
    """Write a file anew and put it in the place of the old one, in one step.

    Killed before, the old file is whole, and `intend` was told what would have been.
    """
    unfinished = path.with_name(f".{path.name}{UNFINISHED}")
    with unfinished.open("wb") as target:
        write(target)
        target.flush()
        os.fsync(target.fileno())
    # The day of a file without a date in its name is that of its time.
    shutil.copystat(path, unfinished)
    change = replace(
        change,
        sha256_before=_hash_of(path),
        sha256_after=_hash_of(unfinished),
        bytes_after=unfinished.stat().st_size,
    )
    intend(change)
    unfinished.replace(path)
    return change


def clear_unfinished(folder: Path) -> None:
    """Remove what an erasure left that was killed while it wrote a file."""
    for path in folder.rglob(f".*{UNFINISHED}"):
        path.unlink()


def _hash_of(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
