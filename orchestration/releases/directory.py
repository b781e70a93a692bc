"""The directory of releases: a draft, the newest three, the link to the one in use.

Belongs here: moving, linking and removing whole releases, so that a crash at any moment
leaves readers a whole one. Does not belong here: what a release holds (publish.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orchestration.warehouse import DataDir

RELEASES_KEPT = 3

# What is in the directory of a release: all that is published, the same masked, and the
# index by which people are found.
WHOLE = "customer360.duckdb"
MASKED = "customer360_masked.duckdb"
SEARCH = "search"
PARQUET = "parquet"


def current_manifest(data: DataDir) -> dict[str, Any] | None:
    """Return the manifest of the release that readers see, or None without one."""
    path = data.published / "current" / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def point_readers_to(release: Path, current: Path) -> None:
    """Move the symlink `current` in one step; it is relative, so data can be moved."""
    link = current.with_name(f"{current.name}.tmp")
    link.symlink_to(release.relative_to(current.parent), target_is_directory=True)
    link.replace(current)
    sync(current.parent)


def describe(path: Path) -> dict[str, Any]:
    """Return the size and the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def link_files(release: Path, draft: Path, names: Iterable[str]) -> None:
    """Give a draft files and folders of a release, as they hold the same.

    A release that was made without one of them has none to give.
    """
    for name in names:
        if (release / name).is_dir():
            shutil.copytree(release / name, draft / name, copy_function=os.link)
        elif (release / name).exists():
            os.link(release / name, draft / name)


def clear_leftovers(published: Path) -> None:
    """Remove what a run left that died before its release was whole."""
    (published / "current.tmp").unlink(missing_ok=True)
    for draft in (published / "releases").glob("*.tmp"):
        shutil.rmtree(draft)


def drop_old(releases: Path, keep: Path, kept: int = RELEASES_KEPT) -> None:
    """Remove all but the newest releases; a reader that has a file open keeps it."""

    def published_at(release: Path) -> str:
        manifest = (release / "manifest.json").read_text(encoding="utf-8")
        return json.loads(manifest)["published_at"]

    others = sorted(
        (path for path in releases.iterdir() if path != keep and path.is_dir()),
        key=published_at,
        reverse=True,
    )
    for release in others[kept - 1 :]:
        shutil.rmtree(release)


def sync(path: Path) -> None:
    """Have the disk hold a directory, and every file in it, before going on."""
    for entry in [*(p for p in path.rglob("*") if p.is_file()), path]:
        handle = os.open(entry, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
