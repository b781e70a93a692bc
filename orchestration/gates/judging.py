"""The gates: what each layer's tables must be before the next layer may read them.

A verdict belongs to (layer, table, version, suite) and is kept in `ops.gate_results`; a
table that was not rebuilt, and of which the same is expected, carries its verdict. The
raw gate judges batches instead: a batch that fails waits for somebody to accept or
reject it, and staging reads on without it.

Belongs here: judging a layer, remembering the verdict, and the Dagster checks. Does not
belong here: what is expected (`suites.py`) or how it is told (`report.py`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration import project
from orchestration.clock import moment
from orchestration.gates.evaluation import Target, evaluate
from orchestration.gates.finding import Finding
from orchestration.gates.fingerprints import suite_fingerprint
from orchestration.gates.freshness_checks import (
    FRESH,
    freshness_check,
    freshness_result,
)
from orchestration.gates.freshness_ledger import judge_freshness
from orchestration.gates.ledger import (
    Nodes,
    TableVerdict,
    Version,
    pending_versions,
    relation_of,
    remember,
    table_verdicts,
)
from orchestration.gates.report import publish_report
from orchestration.gates.suites import gated_nodes, key_columns, suite_for
from orchestration.gates.verdict import GateVerdict
from orchestration.operation.retries import another_try_if_locked
from orchestration.warehouse import DataDir, connect

# Layers that are judged behind the next one, and so cannot hold that one back.
_JUDGED_LATE = ("seeds", "features")


class ClosedGateError(RuntimeError):
    """A gate is closed by tables whose checks do not hold back what reads them."""


def judge(
    layer: str,
    *,
    run_id: str,
    tables: Collection[str] | None = None,
    manifest: Mapping[str, Any] | None = None,
    data: DataDir | None = None,
) -> GateVerdict:
    """Judge what changed in a layer since it was judged last, and remember it.

    Args:
        layer: `raw`, `feeds`, `identity` or `marts`.
        run_id: of whoever asks; kept with the results.
        tables: names to judge, with the views that read them; default, all.
        manifest: dbt's, by default that of the project.
        data: the data directory, by default that of the environment.

    Raises:
        ValueError: there is no such gate.
        WarehouseLockedError: another process writes to the warehouse.
    """
    manifest = manifest or project.manifest()
    data = data or DataDir.from_env()
    nodes = {node["unique_id"]: node for node in gated_nodes(layer, manifest)}
    suites = {
        unique_id: suite_fingerprint(node, manifest)
        for unique_id, node in nodes.items()
        if layer != "raw"
    }
    with connect(data.warehouse) as connection:
        checked_at = moment(connection)
        pending = pending_versions(connection, layer, nodes, suites, tables)
    # Great Expectations opens the file read-only, which DuckDB allows beside no writer.
    results = _evaluate(layer, nodes, pending, manifest, data.warehouse)
    with connect(data.warehouse) as connection:
        remember(
            connection,
            layer,
            nodes,
            results,
            suites,
            run_id=run_id,
            checked_at=checked_at,
        )
        verdicts = table_verdicts(connection, layer, nodes, results)
        if layer == "raw":
            verdicts = _with_freshness(
                connection, nodes, verdicts, run_id=run_id, checked_at=checked_at
            )
    report = data.reports / run_id.replace(" ", "-") / f"{layer}.html"
    verdict = GateVerdict(layer, run_id, checked_at, tuple(verdicts), report)
    publish_report(verdict, manifest)
    return verdict


def gate_checks(
    layer: str,
    manifest: Mapping[str, Any],
    key_of: Callable[[Mapping[str, Any]], dg.AssetKey] = project.asset_key,
) -> dg.AssetChecksDefinition:
    """Return the layer's gate as blocking Dagster checks, one for every table.

    It is one step: if one table fails, nothing that reads the layer starts. It can be
    subset, because Dagster refuses to materialise a lone asset otherwise; what it
    judges does not depend on the subset.

    Args:
        layer: the gate.
        manifest: dbt's manifest, which lists the tables.
        key_of: the asset key of a dbt node, by default that of the layer's assets.
    """
    nodes = {n["unique_id"]: n for n in gated_nodes(layer, manifest)}
    keys = {unique_id: key_of(node) for unique_id, node in nodes.items()}
    name = f"gate_{layer}"
    # A gate judges these with the layer that reads them, which must not wait for it.
    early = {i for i, n in nodes.items() if project.node_layer(n) in _JUDGED_LATE}
    specs = [
        dg.AssetCheckSpec(
            name,
            asset=key,
            blocking=unique_id not in early,
            description=f"Great Expectations of the {layer} gate on this table.",
        )
        for unique_id, key in keys.items()
    ]
    if layer == "raw":
        specs += [freshness_check(node, keys[i]) for i, node in nodes.items()]

    @dg.multi_asset_check(
        name=name,
        specs=specs,
        can_subset=True,
        pool="duckdb_writer",
    )
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with another_try_if_locked():
            verdict = judge(layer, run_id=context.run.run_id, manifest=manifest)
        selected = context.selected_asset_check_keys
        _look_up_at_once(context, {key.asset_key for key in selected})
        for table in verdict.tables:
            key = keys[table.unique_id]
            if dg.AssetCheckKey(key, name) in selected:
                yield _check_result(table, key, name, verdict.report)
            if table.freshness and dg.AssetCheckKey(key, FRESH) in selected:
                yield freshness_result(table.freshness, key)
        # One that is not built yet was not asked for; nothing past the gate is, either.
        failed = [t for t in verdict.closing if t.unique_id in early and t.versions]
        if names := [t.name for t in failed]:
            raise ClosedGateError(f"{', '.join(names)} did not pass the {layer} gate.")

    return check


def _look_up_at_once(
    context: dg.AssetCheckExecutionContext, keys: Collection[dg.AssetKey]
) -> None:
    """Read which materializations are judged, in one query; Dagster asks for each."""
    step = context.op_execution_context.get_step_execution_context()
    step._data_version_cache._fetch_input_asset_version_info(list(keys))


def _with_freshness(
    connection: duckdb.DuckDBPyConnection,
    nodes: Nodes,
    verdicts: list[TableVerdict],
    *,
    run_id: str,
    checked_at: datetime,
) -> list[TableVerdict]:
    """Add how long every source has been silent; remember those that turned."""
    found, turned = judge_freshness(connection, nodes.values(), checked_at)
    ids = {f"{n['source_name']}.{n['name']}": i for i, n in nodes.items()}
    remember(
        connection,
        "raw",
        nodes,
        {(ids[f.name], FRESH): [f.finding()] for f in turned},
        {},
        run_id=run_id,
        checked_at=checked_at,
    )
    by_id = {ids[f.name]: f for f in found}
    quiet = {i: (f.finding(),) for i, f in by_id.items() if f.is_stale}
    return [
        replace(
            table,
            freshness=by_id[table.unique_id],
            findings=table.findings + quiet.get(table.unique_id, ()),
        )
        for table in verdicts
    ]


def _check_result(
    table: TableVerdict, key: dg.AssetKey, check_name: str, report: Path
) -> dg.AssetCheckResult:
    stops = table.required and not table.passed
    failed = [f for f in table.findings if not f.passed]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=check_name,
        passed=not failed and table.passed,
        severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
        description=table.problem,
        metadata={
            "expectations": len(table.findings),
            "failed": "; ".join(
                f"{f.column_name or table.name}: {f.expectation}" for f in failed
            ),
            "rows_failed": sum(f.rows_failed or 0 for f in failed),
            "holds_back": not table.passed,
            "judged": "now" if table.is_judged_now else "carried, nothing changed",
            "report": dg.MetadataValue.path(str(report)),
        },
    )


def _evaluate(
    layer: str,
    nodes: Mapping[str, Mapping[str, Any]],
    pending: list[Version],
    manifest: Mapping[str, Any],
    warehouse: Path,
) -> dict[Version, list[Finding]]:
    if not pending:
        return {}
    from orchestration.gates.gx_duckdb import execution_engine
    from orchestration.gates.gx_validation import written_out_once

    results = {}
    with execution_engine(warehouse) as engine, written_out_once():
        for unique_id, version in pending:
            node = nodes[unique_id]
            suite = suite_for(layer, node, manifest)
            key = key_columns(node, manifest)
            if layer == "raw":
                key = ["_file", "_line", *key]
            batch_id = version if layer == "raw" else None
            target = Target(*relation_of(node), key, batch_id)
            results[unique_id, version] = evaluate(engine, target, suite)
    return results
