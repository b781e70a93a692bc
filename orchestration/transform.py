"""dbt as Dagster assets, one invocation a layer: a gate can stand between two.

Belongs here: turning the models of a layer into assets and running dbt for those that
are out of date. Does not belong here: what the models say, and judging their data.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets

from orchestration.dbt.layer import build_layer
from orchestration.operation.retries import another_try_if_locked
from orchestration.project import (
    LAYER_EXCLUSION,
    LAYER_SELECTION,
    TRANSLATOR,
    Manifest,
    layer_nodes,
)
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
    rows: dict[tuple[str, str], int] = {}

    def prepare(connection: duckdb.DuckDBPyConnection) -> None:
        for hook in before:
            hook(connection, data)

    def conclude(connection: duckdb.DuckDBPyConnection) -> None:
        for hook in after:
            hook(connection, data)
        rows.update(_row_counts(connection))

    done = build_layer(manifest, layer, nodes, connect, prepare, conclude, _log_node)
    for unique_id, node in nodes.items():
        if unique_id not in done.stands and unique_id not in done.seconds:
            continue
        metadata: dict[str, Any] = {
            "rebuilt": unique_id in done.seconds,
            "changed": unique_id in done.changed,
        }
        if unique_id in done.tests_passed:
            metadata["dbt_tests_passed"] = done.tests_passed[unique_id]
        if (count := rows.get((node["schema"], node["alias"]))) is not None:
            metadata["dagster/row_count"] = count
        if unique_id in done.seconds:
            metadata["seconds"] = round(done.seconds[unique_id], 3)
        yield dg.MaterializeResult(
            asset_key=TRANSLATOR.get_asset_key(node),
            metadata=metadata,
            data_version=dg.DataVersion(str(done.versions[unique_id])),
        )
    if done.failure:
        raise dg.Failure(
            description=f"dbt could not build the layer {layer}.\n{done.failure}",
            metadata={"dbt": dg.MetadataValue.text(done.failure)},
            allow_retries=False,
        )


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
