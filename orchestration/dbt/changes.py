"""What has to be built again: models whose code or inputs have changed since.

A model's fingerprint covers its SQL, its configuration, the macros it calls, the vars,
and what it reads or gathers from a folder (`meta.gathers`): of a table the version, of
a source its accepted files or, if it declares dbt's `loaded_at_query`, when that says
it was last written. A table stands as long as it was built under the fingerprint of
now.

A version is of a content: a table that is built again and has the rows that it had
keeps its version (macro `record_build`), so that what reads it stands. Fingerprints are
thus the verifying traces, and this the early cutoff, of Mokhov, Mitchell and Peyton
Jones, Build Systems à la Carte (ICFP 2018).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import yaml

from orchestration.project import Manifest, project_dir
from orchestration.warehouse import PROJECT_ROOT

_CONFIG_KEYS = ("materialized", "schema", "contract", "unique_key", "meta", "grants")

Nodes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Recipe:
    """What a table follows from.

    Attributes:
        code: digest of all that is not a table: SQL, configuration, vars, sources.
        reads: the tables and views that it reads, as 'schema.name'.
    """

    code: str
    reads: frozenset[str]


@dataclass(frozen=True)
class Build:
    """A table as it stands: the version of its content, and what it was built under."""

    version: int
    fingerprint: str | None


@dataclass(frozen=True)
class Stale:
    """Unique ids of what may not stand as it is, each after what it reads.

    Attributes:
        due: whose code or inputs changed, or whose table is missing.
        in_doubt: that read some of these, whose rows may turn out to be what they were.
    """

    due: list[str]
    in_doubt: list[str]


def relation(node: Mapping[str, Any]) -> str:
    """Return the table of a dbt node as 'schema.name'."""
    return f"{node['schema']}.{node['alias']}"


def recipes(
    manifest: Manifest, connection: duckdb.DuckDBPyConnection, place: str = ""
) -> dict[str, Recipe]:
    """Return what every seed and model follows from, by unique id.

    What a node without versions reads, such as an ephemeral model, its readers read.

    Args:
        manifest: of the dbt project.
        connection: the warehouse.
        place: where tables are built if not in the warehouse; those that were built
            elsewhere are not there.
    """
    sources = _source_digests(manifest, connection)
    macros = _MacroDigests(manifest)
    variables = _project_vars()
    found: dict[str, Recipe] = {}

    def of(unique_id: str) -> Recipe:
        if unique_id in found:
            return found[unique_id]
        node = manifest["nodes"][unique_id]
        depends_on = node.get("depends_on", {})
        parents = {*depends_on.get("nodes", []), *_gathered(node, manifest)}
        hooks = [*node["config"].get("pre-hook", ())]
        hooks += node["config"].get("post-hook", ())
        code = [
            node["checksum"],
            {key: node["config"].get(key) for key in _CONFIG_KEYS},
            [hook["sql"] for hook in hooks],
            {name: c.get("data_type") for name, c in node["columns"].items()},
            sorted(macros.of(name) for name in depends_on.get("macros", [])),
            variables,
            {parent: sources[parent] for parent in parents if parent in sources},
            *([place] if place else []),
        ]
        reads = set()
        for parent in sorted(parents & manifest["nodes"].keys()):
            if _has_versions(manifest["nodes"][parent]):
                reads.add(relation(manifest["nodes"][parent]))
            else:
                code.append(of(parent).code)
                reads |= of(parent).reads
        found[unique_id] = Recipe(_digest(code), frozenset(reads))
        return found[unique_id]

    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] in ("model", "seed"):
            of(unique_id)
    return found


def builds(connection: duckdb.DuckDBPyConnection) -> dict[str, Build]:
    """Return how every table was built last, as 'schema.name'."""
    rows = connection.execute(
        "select table_schema || '.' || table_name, version, fingerprint "
        "from ops.table_builds"
    ).fetchall()
    return {name: Build(version, fingerprint) for name, version, fingerprint in rows}


def fingerprint(recipe: Recipe, standing: Mapping[str, Build]) -> str:
    """Return the fingerprint that a table built from these would have."""
    versions = {
        name: standing[name].version if name in standing else None
        for name in recipe.reads
    }
    return _digest(recipe.code, versions)


def is_current(
    node: Mapping[str, Any], recipe: Recipe, standing: Mapping[str, Build]
) -> bool:
    """Tell whether a table was built from what it would be built from now."""
    build = standing.get(relation(node))
    return build is not None and build.fingerprint == fingerprint(recipe, standing)


def stale(
    nodes: Nodes,
    made_of: Mapping[str, Recipe],
    connection: duckdb.DuckDBPyConnection,
) -> Stale:
    """Return which of `nodes`, each after what it reads, are or may be out of date."""
    standing = builds(connection)
    tables = {
        name
        for (name,) in connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_catalog = current_database()"
        ).fetchall()
    }
    found = Stale([], [])
    may_change: set[str] = set()
    for unique_id, node in nodes.items():
        recipe = made_of[unique_id]
        if relation(node) not in tables or not is_current(node, recipe, standing):
            found.due.append(unique_id)
        elif recipe.reads & may_change:
            found.in_doubt.append(unique_id)
        else:
            continue
        may_change.add(relation(node))
    return found


def record(
    unique_ids: Iterable[str],
    nodes: Nodes,
    made_of: Mapping[str, Recipe],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Keep under which fingerprints tables were just built."""
    standing = builds(connection)
    rows = [
        (
            fingerprint(made_of[unique_id], standing),
            nodes[unique_id]["schema"],
            nodes[unique_id]["alias"],
        )
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


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _source_digests(
    manifest: Manifest, connection: duckdb.DuckDBPyConnection
) -> dict[str, str]:
    """Return, by unique id, a digest of what sources hold."""
    accepted = _accepted_files(connection)
    return {
        unique_id: _digest(
            connection.execute(query).fetchall()
            if (query := node.get("config", {}).get("loaded_at_query"))
            else accepted.get((node["source_name"], node["name"]), [])
        )
        for unique_id, node in manifest["sources"].items()
    }


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


def _has_versions(node: Mapping[str, Any]) -> bool:
    is_stored = node["config"].get("materialized") != "ephemeral"
    return is_stored and node["resource_type"] in ("model", "seed")


def _gathered(node: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """Return the models of the folder that a model finds in the graph when it runs."""
    folder = (node["config"].get("meta") or {}).get("gathers")
    if not folder:
        return []
    return [
        unique_id
        for unique_id, other in manifest["nodes"].items()
        if other["resource_type"] == "model" and other["fqn"][1] == folder
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
