"""What has to be built again: models whose code or inputs have changed since.

A model's fingerprint covers its SQL, its configuration, the macros it calls, the vars,
and the fingerprints of everything it reads, or gathers from a folder (`meta.gathers`);
a source's covers its accepted files or, if it declares dbt's `loaded_at_query`, when
that says it was last written. Equal fingerprints mean equal tables, so an unchanged
table is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import yaml

from orchestration.project import Manifest, project_dir
from orchestration.warehouse import PROJECT_ROOT

_CONFIG_KEYS = ("materialized", "schema", "contract", "unique_key", "meta", "grants")


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fingerprints(
    manifest: Manifest, connection: duckdb.DuckDBPyConnection
) -> dict[str, str]:
    """Return the fingerprint of every source, seed and model, by unique id."""
    accepted = _accepted_files(connection)
    macros = _MacroDigests(manifest)
    variables = _project_vars()
    found: dict[str, str] = {
        unique_id: _digest(
            connection.execute(query).fetchall()
            if (query := node.get("config", {}).get("loaded_at_query"))
            else accepted.get((node["source_name"], node["name"]), [])
        )
        for unique_id, node in manifest["sources"].items()
    }

    def of(unique_id: str) -> str:
        if unique_id not in found:
            node = manifest["nodes"][unique_id]
            depends_on = node.get("depends_on", {})
            parents = [
                parent
                for parent in [*depends_on.get("nodes", []), *_gathered(node, manifest)]
                if parent in manifest["nodes"] or parent in manifest["sources"]
            ]
            hooks = [*node["config"].get("pre-hook", ())]
            hooks += node["config"].get("post-hook", ())
            found[unique_id] = _digest(
                node["checksum"],
                {key: node["config"].get(key) for key in _CONFIG_KEYS},
                [hook["sql"] for hook in hooks],
                {name: c.get("data_type") for name, c in node["columns"].items()},
                sorted(macros.of(name) for name in depends_on.get("macros", [])),
                variables,
                sorted(of(parent) for parent in parents),
            )
        return found[unique_id]

    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] in ("model", "seed"):
            of(unique_id)
    return found


def stale(
    nodes: Mapping[str, Mapping[str, Any]],
    current: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> list[str]:
    """Return the unique ids of `nodes` whose table is missing or out of date."""
    built = connection.execute(
        """
        select builds.table_schema || '.' || builds.table_name, builds.fingerprint
        from ops.table_builds as builds
        inner join information_schema.tables as tables
            on
                builds.table_schema = tables.table_schema
                and builds.table_name = tables.table_name
                and tables.table_catalog = current_database()
        """
    ).fetchall()
    known = dict(built)
    return [
        unique_id
        for unique_id, node in nodes.items()
        if known.get(f"{node['schema']}.{node['alias']}") != current[unique_id]
    ]


def record(
    unique_ids: Iterable[str],
    nodes: Mapping[str, Mapping[str, Any]],
    current: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Keep the fingerprints under which tables were just built."""
    rows = [
        (current[unique_id], nodes[unique_id]["schema"], nodes[unique_id]["alias"])
        for unique_id in unique_ids
    ]
    if rows:
        connection.executemany(
            """
            update ops.table_builds set fingerprint = ?
            where table_schema = ? and table_name = ?
            """,
            rows,
        )


def _accepted_files(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], list[str]]:
    rows = connection.execute(
        """
        select
            source_system,
            source_table,
            list(path || '@' || batch_id order by path, batch_id)
        from ops.accepted_files
        group by all
        """
    ).fetchall()
    return {(system, table): files for system, table, files in rows}


def _gathered(node: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """Return the models of the folder that a model finds in the graph when it runs."""
    folder = (node["config"].get("meta") or {}).get("gathers")
    return [
        unique_id
        for unique_id, other in manifest["nodes"].items()
        if folder and other["resource_type"] == "model" and other["fqn"][1] == folder
    ]


def _project_vars() -> list[Any]:
    return [
        yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
        for root in sorted({PROJECT_ROOT, project_dir()})
    ]


class _MacroDigests:
    """Digests of macros with all that they call; dbt's own are left out."""

    def __init__(self, manifest: Manifest) -> None:
        self._macros = manifest["macros"]
        self._known: dict[str, str] = {}

    def of(self, unique_id: str) -> str:
        if unique_id not in self._known:
            self._known[unique_id] = ""  # a macro that calls itself
            macro = self._macros.get(unique_id)
            if macro and not macro["package_name"].startswith("dbt"):
                called = sorted(self.of(m) for m in macro["depends_on"]["macros"])
                self._known[unique_id] = _digest(macro["macro_sql"], called)
        return self._known[unique_id]
