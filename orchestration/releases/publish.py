"""Publishing: a new release beside the old one, then one atomic step to it.

Belongs here: whether a release may be made, and how readers come to be in its
directory. Does not belong here: how its files come about (draft.py), moving and
removing directories (directory.py), judging what is published (gates/).

A release is written to `<run>.tmp`, verified, renamed, and only then does the symlink
`current` move. A crash before that leaves readers where they were; the next run clears
what was left behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration import project
from orchestration.privacy.erasure import journal
from orchestration.releases.directory import (
    clear_leftovers,
    current_manifest,
    drop_old,
    point_readers_to,
    sync,
)
from orchestration.releases.draft import write_draft
from orchestration.releases.stamp import PersonalColumns
from orchestration.releases.tables import Table, find_tables
from orchestration.warehouse import DataDir, connect

SCHEMAS = ("marts", "governance")


class PublishError(RuntimeError):
    """Nothing was published; the message says why and what to do."""


@dataclass(frozen=True)
class Release:
    """A release that readers see.

    Attributes:
        run_id: the run that published it.
        path: its directory.
        row_counts: rows by qualified table name.
        reused: whether its files are those of the release before, as nothing changed.
    """

    run_id: str
    path: Path
    row_counts: dict[str, int]
    reused: bool


def publish(
    run_id: str,
    data: DataDir,
    *,
    manifest: project.Manifest | None = None,
    complete: Callable[[Path, Path | None], None] | None = None,
) -> Release:
    """Publish the marts of the warehouse, whose gate must have passed.

    With C360_PARQUET_COPY set a release holds them as Parquet files too.

    Args:
        run_id: names the release; publishing it twice changes nothing.
        data: where the warehouse is, and the releases.
        manifest: dbt's, which says what the marts are; by default the project's.
        complete: adds to the directory of a release, before readers see it, what is
            made of its files; gets that of the release before, too, if this one is made
            of it.

    Raises:
        PublishError: the target is not for publishing, there is nothing to publish, or
            the marts gate has not passed for every table as it now stands.
    """
    if project.target() == "dev":
        raise PublishError(
            "Nothing is published from the target dev, whose gates stop nobody. "
            "Run the pipeline on prod: c360 run"
        )
    if not data.warehouse.exists():
        raise PublishError(
            f"There is no warehouse at {data.warehouse} to publish from. "
            "Make one with: c360 run"
        )
    releases = data.published / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    clear_leftovers(data.published)

    final = releases / run_id
    if not final.exists():
        models = published_models(manifest or project.manifest())
        draft = releases / f"{run_id}.tmp"
        draft.mkdir()
        with connect(data.warehouse) as connection:
            tables = _tables(connection, models)
            personal = personal_columns(models)
            previous = current_manifest(data)
            last = write_draft(
                connection,
                draft,
                run_id,
                tables,
                personal,
                previous,
                # What went from a file still lies in it, and nobody may find it there.
                may_reuse=journal.pending(data) is None,
            )
        if complete:
            complete(draft, last)
        sync(draft)
        draft.rename(final)
        sync(releases)
    point_readers_to(final, data.published / "current")
    drop_old(releases, keep=final)

    written = json.loads((final / "manifest.json").read_text(encoding="utf-8"))
    return Release(
        run_id=run_id,
        path=final,
        row_counts={name: table["rows"] for name, table in written["tables"].items()},
        reused=written["written_by"] != run_id,
    )


def published_models(manifest: project.Manifest) -> list[Mapping[str, Any]]:
    """Return the models that readers get: the public ones of the published schemas."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["schema"] in SCHEMAS
        and node["access"] == "public"
    ]


def personal_columns(models: Iterable[Mapping[str, Any]]) -> PersonalColumns:
    """Return the class of each personal column (`meta.pii`), by schema and table."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for node in models:
        for column in node["columns"].values():
            meta = (column.get("config") or {}).get("meta") or column.get("meta") or {}
            if "pii" in meta:
                relation = (node["schema"], node["alias"])
                found.setdefault(relation, {})[column["name"]] = meta["pii"]
    return found


def _tables(
    connection: duckdb.DuckDBPyConnection, models: Sequence[Mapping[str, Any]]
) -> list[Table]:
    """Return the tables to publish; refuse if there is one that may not be."""
    relations = {(node["schema"], node["alias"]) for node in models}
    tables = find_tables(connection, relations)
    _require_all(tables, relations)
    _require_passed_gate(connection, tables)
    return tables


def _require_all(tables: Sequence[Table], relations: set[tuple[str, str]]) -> None:
    """Refuse to leave out a mart that readers may count on."""
    if not tables:
        raise PublishError("There are no marts to publish. Build them with: c360 run")
    missing = relations - {(table.schema, table.name) for table in tables}
    if missing:
        names = _few(".".join(relation) for relation in sorted(missing))
        raise PublishError(
            f"The warehouse has no table for the marts {names}, so readers keep the "
            "release before. Build what is missing with: c360 run"
        )


def _require_passed_gate(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]
) -> None:
    """Refuse unless the newest verdict on every table, as it now stands, is a pass."""
    passed = set(
        connection.execute(
            "select table_schema, table_name, version from ops.gate_verdicts "
            "where layer = 'marts' and passed"
        ).fetchall()
    )
    closed = [
        table.qualified_name
        for table in tables
        if (table.schema, table.name, str(table.version)) not in passed
    ]
    if closed:
        raise PublishError(
            f"The marts gate has not passed for {_few(closed)} as built now, so "
            "readers keep the release before. See why with: c360 gate marts"
        )


def _few(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:5]) + (", …" if len(shown) > 5 else "")
