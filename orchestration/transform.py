"""dbt as Dagster assets, one invocation a layer: a gate can stand between two.

Belongs here: turning the models of a layer into assets and running dbt for those that
are out of date. Does not belong here: what the models say, and judging their data.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets

from orchestration.dbt import changes
from orchestration.dbt.runner import invoke
from orchestration.gates.dbt_tests import is_judged
from orchestration.operation.retries import another_try_if_locked
from orchestration.project import (
    LAYER_EXCLUSION,
    LAYER_SELECTION,
    LAYERS,
    TRANSLATOR,
    Manifest,
    layer_nodes,
    node_layer,
    on_spark,
)
from orchestration.spark import lake
from orchestration.warehouse import DataDir, connect

logger = logging.getLogger("c360.dbt")

BuildHook = Callable[[duckdb.DuckDBPyConnection, DataDir], object]


def layer_assets(
    manifest: Manifest,
    layer: str,
    before: Sequence[BuildHook] = (),
    after: Sequence[BuildHook] = (),
) -> dg.AssetsDefinition:
    """Return the assets of one layer; materialising them builds what is out of date.

    Args:
        manifest: of the dbt project.
        layer: a key of `project.LAYERS`.
        before: called with the open warehouse before dbt runs.
        after: called with the open warehouse once dbt is done, well or not.
    """
    nodes = layer_nodes(manifest, layer)

    @dbt_assets(
        manifest=manifest,
        select=LAYER_SELECTION[layer],
        exclude=LAYER_EXCLUSION.get(layer),
        dagster_dbt_translator=TRANSLATOR,
        name=f"build_{layer}",
        pool="duckdb_writer",
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Any]:
        selected = {
            unique_id: node
            for unique_id, node in nodes.items()
            if TRANSLATOR.get_asset_key(node) in context.selected_asset_keys
        }
        with another_try_if_locked():
            yield from _build(manifest, layer, selected, before, after)

    return build


def _build(
    manifest: Manifest,
    layer: str,
    nodes: Mapping[str, Mapping[str, Any]],
    before: Sequence[BuildHook],
    after: Sequence[BuildHook],
) -> Iterator[Any]:
    data = DataDir.from_env()
    with connect() as connection:
        for prepare in before:
            prepare(connection, data)
        current = changes.fingerprints(manifest, connection)
        outdated = changes.stale(nodes, current, connection)
        if outdated and on_spark():
            lake.give(connection, data, layer)

    logger.info("%s: %d of %d tables are out of date", layer, len(outdated), len(nodes))
    built: dict[str, float] = {}
    events: list[dict[str, Any]] = []
    failure = None
    if outdated:
        result = invoke(_build_args(manifest, layer, outdated), on_node=_log_node)
        events = [event["data"] for event in result.events]
        built = {
            event["node_info"]["unique_id"]: event.get("execution_time", 0.0)
            for event in events
            if event["node_info"]["unique_id"] in nodes
            and event["node_info"]["node_status"] == "success"
        }
        unbuilt = sorted(nodes[u]["name"] for u in outdated if u not in built)
        if not result.success:
            failure = result.message
        elif unbuilt:
            failure = f"dbt did not build {', '.join(unbuilt)}, and does not say why."

    with connect() as connection:
        sound = built.keys() - _failed_a_test(manifest, events)
        if on_spark():
            lake.take(connection, data, [nodes[unique_id] for unique_id in built])
        changes.record(sound, nodes, current, connection)
        for conclude in after:
            conclude(connection, data)
        rows = _row_counts(connection)

    tests_passed = _tests_passed(manifest, events)
    for unique_id, node in nodes.items():
        if unique_id in outdated and unique_id not in built:
            continue
        metadata: dict[str, Any] = {"rebuilt": unique_id in built}
        if unique_id in tests_passed:
            metadata["dbt_tests_passed"] = tests_passed[unique_id]
        if (count := rows.get((node["schema"], node["alias"]))) is not None:
            metadata["dagster/row_count"] = count
        if unique_id in built:
            metadata["seconds"] = round(built[unique_id], 3)
        yield dg.MaterializeResult(
            asset_key=TRANSLATOR.get_asset_key(node),
            metadata=metadata,
            data_version=dg.DataVersion(current[unique_id]),
        )
    if failure:
        raise dg.Failure(
            description=f"dbt could not build the layer {layer}.\n{failure}",
            metadata={"dbt": dg.MetadataValue.text(failure)},
            allow_retries=False,
        )


def _failed_a_test(manifest: Manifest, events: list[dict[str, Any]]) -> set[str]:
    """Return the models that a dbt test found wrong; they are built again next time."""
    return {
        model
        for event in events
        if event["node_info"]["node_status"] in ("fail", "error")
        for model in manifest["nodes"]
        .get(event["node_info"]["unique_id"], {"depends_on": {}})["depends_on"]
        .get("nodes", ())
    }


def _tests_passed(manifest: Manifest, events: list[dict[str, Any]]) -> Counter[str]:
    """Return how many dbt tests passed on each model that was built."""
    return Counter(
        test["attached_node"]
        for event in events
        if event["node_info"]["node_status"] == "pass"
        and (test := manifest["nodes"].get(event["node_info"]["unique_id"], {})).get(
            "attached_node"
        )
    )


def _build_args(manifest: Manifest, layer: str, outdated: list[str]) -> list[str]:
    everything = len(outdated) == len(layer_nodes(manifest, layer))
    names = sorted(manifest["nodes"][unique_id]["name"] for unique_id in outdated)
    tests = _tests_of_dbt(manifest, layer, outdated)
    # `build` puts the tests of the whole project in order first, which takes seconds.
    command = "build" if tests else "seed" if layer == "seeds" else "run"
    exclude = LAYER_EXCLUSION.get(layer, "").split()
    return [
        command,
        *("--select", *(LAYER_SELECTION[layer].split() if everything else names)),
        *tests,
        *(("--exclude", *exclude) if exclude else ()),
        *("--indirect-selection", "empty"),
    ]


def _tests_of_dbt(manifest: Manifest, layer: str, outdated: list[str]) -> list[str]:
    """Return the tests that no gate judges, of tables that this layer completes."""
    so_far = {*takewhile(lambda other: other != layer, LAYERS), layer}
    found = []
    for node in manifest["nodes"].values():
        parents = (node.get("depends_on") or {}).get("nodes", ())
        if (
            node["resource_type"] == "test"
            and not is_judged(node)
            and any(parent in outdated for parent in parents)
            and all(
                node_layer(manifest["nodes"][parent]) in so_far
                for parent in parents
                if parent in manifest["nodes"]
            )
        ):
            found.append(".".join(node["fqn"]))
    return sorted(found)


def _log_node(event: Mapping[str, Any]) -> None:
    node = event["data"]["node_info"]
    level = logging.DEBUG
    if node["node_status"] in ("error", "fail", "runtime error"):
        level = logging.ERROR
    logger.log(
        level,
        "%s %s in %.2f s",
        node["node_name"],
        node["node_status"],
        event["data"].get("execution_time", 0.0),
    )


def _row_counts(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], int]:
    """Return the rows of every table, from the catalog; views are not counted."""
    rows = connection.execute(
        "select schema_name, table_name, estimated_size from duckdb_tables()"
    ).fetchall()
    return {(schema, table): size for schema, table, size in rows}
