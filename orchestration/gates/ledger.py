"""What the gates remember: versions of tables, batches, and findings, in `ops`.

Belongs here: reading what is to be judged, writing what was found, and reading back how
a layer stands. Does not belong here: judging (`judging.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.gates.finding import Finding
from orchestration.gates.freshness import Freshness
from orchestration.gates.suites import is_required
from orchestration.ingestion.batches import reject_replaced
from orchestration.warehouse import transaction

# A dbt node by its unique id, and a version of its table: a batch id, in the raw layer.
Nodes = Mapping[str, Mapping[str, Any]]
Version = tuple[str, str]
# The fingerprint of what is expected of a model, by its unique id.
Suites = Mapping[str, str]

_FINDING_COLUMNS = ", ".join(Finding.columns())

_FINDINGS_SCHEMA = pa.schema(
    [
        ("layer", pa.string()),
        ("table_schema", pa.string()),
        ("table_name", pa.string()),
        ("version", pa.string()),
        ("suite", pa.string()),
        ("passed", pa.bool_()),
        ("expectation", pa.string()),
        ("column_name", pa.string()),
        ("severity", pa.string()),
        ("rows_checked", pa.int64()),
        ("rows_failed", pa.int64()),
        ("observed", pa.string()),
        ("examples", pa.string()),
        ("reason", pa.string()),
        ("run_id", pa.string()),
        ("checked_at", pa.timestamp("us")),
    ]
)

_DECIDE_BATCHES = """
update ops.batches
set
    status = case when judged.failed = 0 then 'accepted' else 'waiting' end,
    decided_at = $decided_at,
    decided_by = $decided_by,
    reason = judged.reason
from (
    select
        version,
        count(*) filter (not passed and severity = 'error') as failed,
        string_agg(
            concat_ws(': ', column_name, expectation, observed),
            '; ' order by column_name
        ) filter (not passed and severity = 'error') as reason
    from findings
    group by version
) as judged
where batches.batch_id = judged.version
"""


@dataclass(frozen=True)
class TableVerdict:
    """How a table of a layer stands, in all of its versions that count now."""

    unique_id: str
    schema: str
    name: str
    required: bool
    versions: tuple[str, ...] = ()
    is_judged_now: bool = False
    findings: tuple[Finding, ...] = ()
    freshness: Freshness | None = None
    """How long a source table has been silent; None past the raw layer."""

    @property
    def problem(self) -> str | None:
        """Return why the table does not pass, in a few words."""
        failed = [f for f in self.findings if not f.passed and f.severity == "error"]
        if failed:
            return f"{len(failed)} of {len(self.findings)} expectations failed"
        if self.findings or self.unique_id.startswith("source."):
            return None
        return "it was built but not judged" if self.versions else "it is not built yet"

    @property
    def passed(self) -> bool:
        """Tell whether the table was judged and no error was found."""
        return self.problem is None

    @property
    def failures(self) -> list[Finding]:
        """Return the expectations that failed, whatever their severity."""
        return [f for f in self.findings if not f.passed]


def pending_versions(
    connection: duckdb.DuckDBPyConnection,
    layer: str,
    nodes: Nodes,
    suites: Suites,
    tables: Collection[str] | None = None,
) -> list[Version]:
    """Return the versions, or batches, of a layer that were not judged by these suites.

    A batch is judged once: what became of it is a decision, which stands.

    Args:
        connection: to the warehouse.
        layer: the gate.
        nodes: the dbt nodes behind it.
        suites: fingerprints of what is expected of each model.
        tables: names to stay with, by default all.
    """
    asked = {i for i, n in nodes.items() if tables is None or n["name"] in tables}
    if layer == "raw":
        batches = _batches(connection, nodes, ["pending"])
        return [version for version in batches if version[0] in asked]
    judged = set(
        connection.execute(
            "select table_schema, table_name, version, suite "
            "from ops.gate_verdicts where layer = ?",
            [layer],
        ).fetchall()
    )
    builds = _builds(connection, nodes)
    changed = {
        unique_id
        for unique_id, version in builds
        if unique_id in asked
        and (*relation_of(nodes[unique_id]), version, suites[unique_id]) not in judged
    }
    _add_views_over(changed, nodes)
    return [version for version in builds if version[0] in changed]


def remember(
    connection: duckdb.DuckDBPyConnection,
    layer: str,
    nodes: Nodes,
    results: Mapping[Version, list[Finding]],
    suites: Suites,
    *,
    run_id: str,
    checked_at: datetime,
) -> None:
    """Write findings, and what they mean for the batches, in one transaction."""
    if not results:
        return
    rows = []
    for (unique_id, version), findings in results.items():
        schema, name = relation_of(nodes[unique_id])
        of_table = {
            "layer": layer,
            "table_schema": schema,
            "table_name": name,
            "version": version,
            "suite": suites.get(unique_id),
            "run_id": run_id,
            "checked_at": checked_at,
        }
        rows += [of_table | asdict(finding) for finding in findings]
    connection.register("findings", pa.Table.from_pylist(rows, _FINDINGS_SCHEMA))
    with transaction(connection):
        connection.execute(
            "insert into ops.gate_results by name select * from findings"
        )
        if layer == "raw":
            by = f"gate, run {run_id}"
            decision = {"decided_at": checked_at, "decided_by": by}
            connection.execute(_DECIDE_BATCHES, decision)
            reject_replaced(connection, at=checked_at, by=by)


def table_verdicts(
    connection: duckdb.DuckDBPyConnection,
    layer: str,
    nodes: Nodes,
    judged_now: Collection[Version] = (),
) -> list[TableVerdict]:
    """Return how every table of a layer stands, judged now or before.

    In the raw layer that is what was judged now, and the batches that still wait.
    """
    if layer == "raw":
        waiting = _batches(connection, nodes, ["pending", "waiting"])
        current = list(dict.fromkeys([*judged_now, *waiting]))
    else:
        current = _builds(connection, nodes)
    findings = _findings(connection, layer)
    verdicts = []
    for unique_id, node in nodes.items():
        schema, name = relation_of(node)
        versions = tuple(version for owner, version in current if owner == unique_id)
        verdicts.append(
            TableVerdict(
                unique_id=unique_id,
                schema=schema,
                name=name,
                required=layer != "raw" or is_required(node),
                versions=versions,
                is_judged_now=any((unique_id, v) in judged_now for v in versions),
                findings=tuple(
                    finding
                    for version in versions
                    for finding in findings.get((schema, name, version), ())
                ),
            )
        )
    return verdicts


def relation_of(node: Mapping[str, Any]) -> tuple[str, str]:
    """Return schema and name of the table of a dbt node."""
    return node["schema"], node.get("alias") or node["name"]


def _batches(
    connection: duckdb.DuckDBPyConnection, nodes: Nodes, statuses: list[str]
) -> list[Version]:
    by_source = {(n["source_name"], n["name"]): i for i, n in nodes.items()}
    rows = connection.execute(
        "select source_system, source_table, batch_id from ops.batches "
        "where status in (select unnest(?)) order by loaded_at, batch_id",
        [statuses],
    ).fetchall()
    return [
        (by_source[system, table], batch_id)
        for system, table, batch_id in rows
        if (system, table) in by_source
    ]


def _builds(connection: duckdb.DuckDBPyConnection, nodes: Nodes) -> list[Version]:
    by_relation = {relation_of(node): i for i, node in nodes.items()}
    rows = connection.execute(
        "select table_schema, table_name, cast(version as varchar) "
        "from ops.table_builds order by table_schema, table_name"
    ).fetchall()
    return [
        (by_relation[schema, name], version)
        for schema, name, version in rows
        if (schema, name) in by_relation
    ]


def _add_views_over(changed: set[str], nodes: Nodes) -> None:
    """Add the views of the layer whose rows changed with a table below them."""
    while added := {
        unique_id
        for unique_id, node in nodes.items()
        if unique_id not in changed
        and node["config"]["materialized"] == "view"
        and changed & set(node["depends_on"]["nodes"])
    }:
        changed |= added


def _findings(
    connection: duckdb.DuckDBPyConnection, layer: str
) -> dict[tuple[str, str, str], list[Finding]]:
    rows = connection.execute(
        f"""
        select table_schema, table_name, version, {_FINDING_COLUMNS}
        from ops.gate_findings
        where layer = $layer
        """,
        {"layer": layer},
    ).fetchall()
    findings: dict[tuple[str, str, str], list[Finding]] = {}
    for schema, name, version, *values in rows:
        findings.setdefault((schema, name, version), []).append(Finding(*values))
    return findings
