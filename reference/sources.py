"""A page for every source system: its raw tables, how they are read, their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from orchestration.project import Manifest
from reference.markdown import cell, code, page, table

Table = Mapping[str, Any]


def raw_tables(manifest: Manifest) -> list[Table]:
    """Return the tables that are loaded from files, by system and name."""
    found = [
        source
        for source in manifest["sources"].values()
        if "ingest" in source["config"]["meta"]
    ]
    return sorted(found, key=lambda source: (source["source_name"], source["name"]))


def pages(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Return the address and text of each system's page."""
    found = raw_tables(manifest)
    for system, tables in groupby(found, key=lambda source: source["source_name"]):
        yield f"reference/raw/{system}.md", _system(system, list(tables))


def _system(system: str, tables: Sequence[Table]) -> str:
    return page(
        f"# {system}",
        f"{cell(tables[0]['source_description'])}\n\nWhere the export comes from and "
        f"what is odd in it: [about this source](../../sources/{system}.md).",
        *(part for source in tables for part in _table(source)),
    )


def _table(source: Table) -> Iterator[str]:
    ingest = source["config"]["meta"]["ingest"]
    key = ingest.get("key", [])
    keys = [key] if isinstance(key, str) else key
    yield f"## {source['name']}"
    yield cell(source["description"])
    yield table(
        ["kind", "format", "mode", "key", "quiet after"],
        [
            (
                ingest["kind"],
                ingest.get("format"),
                ingest["mode"],
                ", ".join(code(name) for name in keys),
                _patience(source),
            )
        ],
    )
    yield table(
        ["column", "type", "personal", "what it is"],
        [
            (
                code(column["name"]),
                column["data_type"],
                column["config"]["meta"].get("pii"),
                column["description"],
            )
            for column in source["columns"].values()
        ],
    )


def _patience(source: Table) -> str:
    """Return after how long without a file the source counts as quiet."""
    after = (source["freshness"] or {}).get("warn_after") or {}
    count, period = after.get("count"), after.get("period")
    return f"{count} {period}{'s' if count != 1 else ''}" if count else ""
