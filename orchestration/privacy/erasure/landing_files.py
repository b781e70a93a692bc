"""All landing files, those in archive/ too, without the people of one batch.

Belongs here: going through the files, for an erasure and for its dry run alike, so that
both count the same. Does not belong here: one file (`files.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import duckdb

from orchestration.ingestion.landing import find_files
from orchestration.ingestion.sources import SourceTable, source_tables
from orchestration.privacy.erasure.changes import Change, Place
from orchestration.privacy.erasure.files import redact_file
from orchestration.privacy.erasure.rows import Redactor
from orchestration.project import Manifest
from orchestration.warehouse import DataDir

Counted = Counter[tuple[str, str]]
"""Items by place and action, as a receipt lists them."""


def redact_landing(
    data: DataDir,
    manifest: Manifest,
    redactor_of: Callable[[SourceTable], Redactor],
    place: Place,
    say: Callable[[str], None] = lambda _path: None,
) -> Iterator[Change]:
    """Yield what becomes of each file that names any of them; each is read once.

    Args:
        data: the data directory.
        manifest: dbt's, which says what columns are personal.
        redactor_of: what rewrites the rows of a table.
        place: what is done with a file that names them.
        say: told each file before it is read.
    """
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for root in (data.landing, data.archive):
            for source in source_tables(manifest):
                redactor = redactor_of(source)
                for file in find_files(root, source.landing_folder, 0)[0]:
                    say(f"{root.name}/{file.path}")
                    change = redact_file(connection, source, file, redactor, place)
                    if change:
                        yield change


def counted(changes: Iterable[Change]) -> Counted:
    """Return how many rows and files of which table became what."""
    found: Counted = Counter()
    written: set[tuple[str, str]] = set()
    for change in changes:
        # A phase that was killed and done again meets what it wrote itself.
        if (change.path, change.sha256_before) in written:
            continue
        if change.sha256_after:
            written.add((change.path, change.sha256_after))
        place = f"landing/{change.path.rsplit('/', 1)[0]}"
        found[place, "removed"] += change.removed
        found[place, "kept as numbers"] += change.kept
        found[place, "mended"] += change.mended
        found[place, "files rewritten"] += 1
    return Counter({key: items for key, items in found.items() if items})
