"""What systems send of people that no model uses: what they might be asked not to send.

Belongs here: finding columns and JSON paths of raw tables that the SQL of models
never names. Does not belong here: leaving it out of what is loaded, which
`meta.leave_out` of a table has the loader do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.ingestion.sql import identifier
from orchestration.project import Manifest

SAMPLE_ROWS = 2_000
"""Rows of each table whose JSON is looked into."""


@dataclass(frozen=True)
class Unused:
    """A part of a raw table that no model reads.

    Attributes:
        table: its qualified name.
        path: the column, or the column and the path inside of its JSON.
        personal_class: what its column bears as `meta.pii`, if anything.
    """

    table: str
    path: str
    personal_class: str | None


def unused_parts(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest
) -> list[Unused]:
    """Return what no model reads of raw tables, by table and path.

    A name counts as read if the SQL of the system's staging, or of what is built on
    staging, has it as a word: what is called like something that is read is not found.

    Args:
        connection: to the warehouse.
        manifest: dbt's, with the SQL of the models.
    """
    words: dict[str, set[str]] = {}
    beyond: set[str] = set()
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            found = re.findall(r"\w+", node["raw_code"])
            is_staging = node["fqn"][1] == "staging"
            (words.setdefault(node["fqn"][2], set()) if is_staging else beyond).update(
                found
            )
    return [
        part
        for source in sorted(
            manifest["sources"].values(), key=lambda s: (s["source_name"], s["name"])
        )
        if "ingest" in (source["config"].get("meta") or {})
        for part in _unused_of(
            connection, source, beyond | words.get(source["source_name"], set())
        )
    ]


def _unused_of(
    connection: duckdb.DuckDBPyConnection, source: Mapping[str, Any], words: set[str]
) -> Iterator[Unused]:
    schema, name = source["schema"], source["identifier"]
    table = f"{schema}.{name}"
    left_out = (source["config"].get("meta") or {}).get("leave_out") or []
    columns = connection.execute(
        "select column_name from duckdb_columns() where database_name = "
        "current_database() and schema_name = ? and table_name = ? "
        "and not starts_with(column_name, '_') order by column_index",
        [schema, name],
    ).fetchall()
    for (column,) in columns:
        described = source["columns"].get(column, {})
        meta = (described.get("config") or {}).get("meta") or {}
        if column not in words:
            if column not in left_out:
                yield Unused(table, column, meta.get("pii"))
            continue
        quoted = identifier(column)
        ((structure,),) = connection.execute(
            f"select json_group_structure(cast({quoted} as json)) from "
            f"(from {table} limit {SAMPLE_ROWS}) where json_valid({quoted}) "
            f"and left(trim({quoted}), 1) in ('{{', '[')"
        ).fetchall()
        if structure:
            for name in _unread(json.loads(structure), words):
                path = f"{column}.{name}"
                if path not in left_out:
                    yield Unused(table, path, meta.get("pii"))


def _unread(structure: Any, words: set[str]) -> Iterator[str]:
    """Yield the paths below which no name is read, the highest only."""
    while isinstance(structure, list) and structure:
        structure = structure[0]
    if not isinstance(structure, dict):
        return
    for name, inside in structure.items():
        if _is_read(name, inside, words):
            yield from (f"{name}.{path}" for path in _unread(inside, words))
        else:
            yield name


def _is_read(name: str, structure: Any, words: set[str]) -> bool:
    if name in words:
        return True
    while isinstance(structure, list) and structure:
        structure = structure[0]
    return isinstance(structure, dict) and any(
        _is_read(inner, inside, words) for inner, inside in structure.items()
    )
