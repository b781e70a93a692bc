"""The directory of a release while it is written: its files and its manifest.

Belongs here: how its files come about, of those of the release before or anew, and are
verified.
Does not belong here: whether a release may be made, and how readers come to be in its
directory (publish.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.clock import moment
from orchestration.privacy.secret_key import key_for
from orchestration.releases.directory import (
    MASKED,
    PARQUET,
    SEARCH,
    WHOLE,
    describe,
    link_files,
)
from orchestration.releases.files import (
    STORAGE_VERSION,
    Publication,
    ReleaseBrokenError,
    verify_file,
    write_files,
    write_parquet,
)
from orchestration.releases.renewal import RenewalError, renew_files
from orchestration.releases.reuse import (
    holds_the_same,
    masking_digest,
    tables_to_renew,
)
from orchestration.releases.stamp import PersonalColumns, Stamp
from orchestration.releases.tables import Content, Table, measure
from orchestration.warehouse import PROJECT_ROOT


def write_draft(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    run_id: str,
    tables: Sequence[Table],
    personal: PersonalColumns,
    previous: Mapping[str, Any] | None,
    *,
    may_reuse: bool,
) -> Path | None:
    """Write all files of a release into its directory, and verify them.

    Args:
        connection: to the warehouse.
        draft: the directory, empty, beside that of the release before.
        run_id: names the release.
        tables: what to publish.
        personal: what to mask in the twin.
        previous: the manifest of the release that readers see, if any.
        may_reuse: whether its files may be taken, or made into new ones.

    Returns:
        The directory of the release that these files are, or are made of; None if they
        were written anew.

    Raises:
        ReleaseBrokenError: a file that was written anew does not hold what it should.
    """
    key = key_for("masking")
    measured = measure(connection, tables)
    published_at = moment(connection)
    stamp = Stamp(
        run_id,
        published_at,
        _project_version(),
        {name: content.rows for name, content in measured.items()},
        _raw_batches(connection),
    )
    manifest: dict[str, Any] = {
        "run_id": run_id,
        "written_by": run_id,
        "published_at": published_at.isoformat(timespec="microseconds"),
        "project_version": stamp.project_version,
        "storage_version": STORAGE_VERSION,
        "raw_batches": stamp.raw_batches,
        "personal_columns": {
            ".".join(name): dict(value) for name, value in sorted(personal.items())
        },
        "masking": masking_digest(tables, personal, key),
        "tables": {
            table.qualified_name: {
                "version": table.version,
                "layout": table.layout,
                **asdict(measured[table.qualified_name]),
            }
            for table in tables
        },
    }
    parquet = [PARQUET] if os.environ.get("C360_PARQUET_COPY") else []
    last = draft.parent / previous["run_id"] if previous and may_reuse else None
    if last and previous and holds_the_same(manifest, previous):
        link_files(last, draft, (WHOLE, MASKED, SEARCH, *parquet))
        for kept in ("written_by", "written_anew", "files"):
            manifest[kept] = previous.get(kept)
    else:
        publication = Publication(tables, stamp, personal, key)
        anew = (
            _renew(connection, draft, last, manifest, previous, publication, measured)
            if last and previous
            else None
        )
        if anew is None:
            last = None
            write_files(connection, draft / WHOLE, draft / MASKED, publication)
            _verify(draft, measured)
        manifest["files"] = _described(draft)
        manifest["written_anew"] = anew or {
            "at": manifest["published_at"],
            "bytes": sum(file["bytes"] for file in manifest["files"].values()),
        }
    for name in parquet:
        if not (draft / name).exists():
            write_parquet(connection, draft / name, tables)
    (draft / "manifest.json").write_text(
        json.dumps(manifest, indent=2) + "\n", encoding="utf-8"
    )
    return last


def _renew(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    last: Path,
    manifest: Mapping[str, Any],
    previous: Mapping[str, Any],
    publication: Publication,
    measured: Mapping[str, Content],
) -> Mapping[str, Any] | None:
    """Make the files of those of the release before, if they are fit for it.

    Returns:
        When those were written anew, and how large they were. None, and no file, if
        they are unfit or what was made of them did not come out whole.
    """
    changed = tables_to_renew(manifest, previous, publication)
    if changed is None or _described(last) != previous["files"]:
        return None
    files = draft / WHOLE, draft / MASKED
    try:
        renew_files(
            connection, (last / WHOLE, last / MASKED), files, publication, changed
        )
        _verify(draft, measured)
    except (RenewalError, ReleaseBrokenError):
        for file in files:
            file.unlink(missing_ok=True)
        return None
    return previous["written_anew"]


def _verify(draft: Path, measured: Mapping[str, Content]) -> None:
    for name in (WHOLE, MASKED):
        verify_file(draft / name, measured, is_masked=name == MASKED)


def _described(folder: Path) -> dict[str, dict[str, Any]]:
    return {name: describe(folder / name) for name in (WHOLE, MASKED)}


def _raw_batches(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "select distinct batch_id from ops.accepted_files order by batch_id"
    ).fetchall()
    return [batch_id for (batch_id,) in rows]


def _project_version() -> str:
    settings = (PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    return str(yaml.safe_load(settings)["version"])
