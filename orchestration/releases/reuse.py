"""What of the release before is used again: its files as they are, or most rows.

Belongs here: the conditions of either. Does not belong here: linking files
(directory.py), and writing what changed (renewal.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestration.releases.files import Publication, masked_values
from orchestration.releases.stamp import PersonalColumns
from orchestration.releases.tables import Table

Manifest = Mapping[str, Any]

# What went from a file lies in it, unread, until the file is written anew; and what
# came lies behind the rest, out of order. So old and so large may a file become.
RENEWED_FOR = timedelta(days=7)
GROWN = 1.5

_WHAT_FILES_ARE = (
    "personal_columns",
    "masking",
    "project_version",
    "storage_version",
)


def holds_the_same(manifest: Manifest, previous: Manifest) -> bool:
    """Tell whether the files of the release before would come out the same.

    What a table holds decides, and not its version: a table built again may well be
    what it was.
    """
    return _is_made_alike(manifest, previous) and not _changed(manifest, previous)


def tables_to_renew(
    manifest: Manifest, previous: Manifest, publication: Publication
) -> list[Table] | None:
    """Return which tables of the files before hold something else.

    Args:
        manifest: what the new release is to be.
        previous: the manifest of the one before.
        publication: what the new one is to hold.

    Returns:
        None if its files must be written anew: they are laid out otherwise, or are too
        old or have grown too large.
    """
    anew = previous.get("written_anew")
    if anew is None or not _is_made_alike(manifest, previous):
        return None
    age = publication.stamp.published_at - datetime.fromisoformat(anew["at"])
    grown = sum(file["bytes"] for file in previous["files"].values())
    if not timedelta(0) <= age < RENEWED_FOR or grown > GROWN * anew["bytes"]:
        return None
    changed = _changed(manifest, previous)
    return [t for t in publication.tables if t.qualified_name in changed]


def masking_digest(tables: Iterable[Table], personal: PersonalColumns, key: str) -> str:
    """Return a digest of how the twin is masked, which another key changes, too."""
    queries = [list(masked_values(table, personal, key)) for table in tables]
    return hashlib.sha256(repr(queries).encode()).hexdigest()


def _is_made_alike(manifest: Manifest, previous: Manifest) -> bool:
    """Tell whether two releases have the same tables, laid out and masked alike."""
    return _layouts(manifest) == _layouts(previous) and all(
        manifest[key] == previous.get(key) for key in _WHAT_FILES_ARE
    )


def _layouts(manifest: Manifest) -> dict[str, str]:
    return {name: table["layout"] for name, table in manifest["tables"].items()}


def _changed(manifest: Manifest, previous: Manifest) -> set[str]:
    """Return the names of the tables that hold other rows."""

    def contents(table: Mapping[str, Any]) -> tuple[int, str]:
        return table["rows"], table["checksum"]

    return {
        name
        for name, table in manifest["tables"].items()
        if contents(table) != contents(previous["tables"][name])
    }
