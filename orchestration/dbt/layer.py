"""One layer built by one invocation of dbt, as far as anything it follows from changed.

Belongs here: which tables dbt is asked for, and what became of them. Does not belong
here: Dagster (transform.py), and what a table follows from (changes.py).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import duckdb

from orchestration.dbt import changes
from orchestration.dbt.runner import DbtResult, invoke
from orchestration.gates.dbt_tests import is_judged
from orchestration.project import (
    LAYER_EXCLUSION,
    LAYER_SELECTION,
    LAYERS,
    Manifest,
    layer_nodes,
    node_layer,
    on_spark,
)
from orchestration.spark import lake
from orchestration.warehouse import DataDir

logger = logging.getLogger("c360.dbt")


@dataclass
class LayerBuild:
    """What became of the tables of a layer, by the unique ids of their nodes.

    Attributes:
        seconds: how long dbt took, of those that it built.
        changed: of those that it built, whose content is not what it was.
        stands: of all others, who need not be built.
        tests_passed: how many dbt tests passed on a table that was built.
        versions: of the content of every table that is there.
        failure: dbt's words, if it could not build all.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    stands: set[str] = field(default_factory=set)
    tests_passed: Counter[str] = field(default_factory=Counter)
    versions: dict[str, int] = field(default_factory=dict)
    failure: str | None = None


def build_layer(
    manifest: Manifest,
    layer: str,
    nodes: changes.Nodes,
    connect: Callable[[], Any],
    before: Callable[[duckdb.DuckDBPyConnection], object] | None = None,
    after: Callable[[duckdb.DuckDBPyConnection], object] | None = None,
    on_node: Callable[[dict[str, Any]], None] | None = None,
) -> LayerBuild:
    """Build what of a layer is out of date, and remember from what.

    Args:
        manifest: of the dbt project.
        layer: a key of `project.LAYERS`.
        nodes: those of the layer that may be built, each after what it reads.
        connect: opens the warehouse that dbt's target builds in.
        before: called with the open warehouse before dbt runs.
        after: called with it once dbt is done, well or not.
        on_node: called with dbt's event of each node that it is done with.
    """
    done, data = LayerBuild(), DataDir.from_env()
    with connect() as connection:
        place = lake.settle(connection, data, manifest)
        if before:
            before(connection)
        made_of = changes.recipes(manifest, connection, place)
        stale = changes.stale(nodes, made_of, connection)
        versions = _versions(nodes, connection)
        asked = [*stale.due, *stale.in_doubt]
        logger.info(
            "%s: %d of %d tables are out of date", layer, len(stale.due), len(nodes)
        )
        done.stands = nodes.keys() - asked
        if not asked:
            done.versions = versions
            if after:
                after(connection)
            return done
        if on_spark():
            lake.give(connection, data, layer, manifest)

    if stale.in_doubt:
        logger.info("%s: %d more read one of these", layer, len(stale.in_doubt))
    in_doubt = frozenset() if on_spark() else frozenset(stale.in_doubt)

    def is_current(unique_id: str, connection: duckdb.DuckDBPyConnection) -> bool:
        if unique_id in in_doubt and changes.is_current(
            nodes[unique_id], made_of[unique_id], changes.builds(connection)
        ):
            done.stands.add(unique_id)
        return unique_id in done.stands

    result = invoke(
        _dbt_args(manifest, layer, asked),
        on_node=on_node,
        is_current=is_current if in_doubt else None,
    )
    events = [event["data"] for event in result.events]
    done.seconds = {
        event["node_info"]["unique_id"]: event.get("execution_time", 0.0)
        for event in events
        if event["node_info"]["unique_id"] in nodes
        and event["node_info"]["node_status"] == "success"
    }
    done.tests_passed = _tests_passed(manifest, events)
    done.failure = _failure(result, nodes, done)

    with connect() as connection:
        if on_spark():
            lake.take(connection, data, [nodes[built] for built in done.seconds])
        sound = done.seconds.keys() - _failed_a_test(manifest, events)
        changes.record(sound, nodes, made_of, connection)
        if after:
            after(connection)
        done.versions = _versions(nodes, connection)
    done.changed = {
        unique_id
        for unique_id in done.seconds
        if versions.get(unique_id) != done.versions.get(unique_id)
    }
    logger.info(
        "%s: built %d tables, %d of them changed",
        *(layer, len(done.seconds), len(done.changed)),
    )
    return done


def _versions(
    nodes: changes.Nodes, connection: duckdb.DuckDBPyConnection
) -> dict[str, int]:
    standing = changes.builds(connection)
    return {
        unique_id: standing[name].version
        for unique_id, node in nodes.items()
        if (name := changes.relation(node)) in standing
    }


def _failure(result: DbtResult, nodes: changes.Nodes, done: LayerBuild) -> str | None:
    if not result.success:
        return result.message
    unbuilt = nodes.keys() - done.seconds.keys() - done.stands
    if not unbuilt:
        return None
    names = ", ".join(sorted(nodes[unique_id]["name"] for unique_id in unbuilt))
    return f"dbt did not build {names}, and does not say why."


def _failed_a_test(manifest: Manifest, events: list[dict[str, Any]]) -> set[str]:
    """Return the models that a dbt test found wrong; they are built again next time."""
    return {
        model
        for event in events
        if event["node_info"]["node_status"] in ("fail", "error")
        and (node := manifest["nodes"].get(event["node_info"]["unique_id"], {})).get(
            "resource_type"
        )
        == "test"
        for model in node["depends_on"].get("nodes", ())
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


def _dbt_args(manifest: Manifest, layer: str, outdated: list[str]) -> list[str]:
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
