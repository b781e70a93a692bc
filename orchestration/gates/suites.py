"""What each table is expected to be: the manifest's declarations and `expectations/`.

Belongs here: which tables stand behind which gate, what identifies a row of them, and
the expectations that follow. Does not belong here: judging them (`judging.py`). Great
Expectations is imported on the first call of `suite_for`, since it costs seconds.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestration.gates.dbt_tests import (
    DeclaredTest,
    declared_tests,
    judged_as,
    uniqueness,
)
from orchestration.project import GATES, node_gate

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

    Node = Mapping[str, Any]
    Manifest = Mapping[str, Any]

# Exports carry a few broken values in good times, and staging quarantines those rows;
# more than one in twenty means that the column changed its format.
CASTABLE_SHARE = 0.95
# A few rows that cannot be parsed are quarantined; more than that is another format.
QUARANTINE_SHARE = 0.05
DOUBLED_SHARE = 0.05


def gated_nodes(layer: str, manifest: Manifest) -> list[Node]:
    """Return the dbt sources or models that the gate of `layer` judges.

    Raises:
        ValueError: there is no such gate.
    """
    if layer not in GATES:
        raise ValueError(f"There is no gate {layer!r}; gates are {', '.join(GATES)}.")
    if layer == "raw":
        return [n for n in manifest["sources"].values() if _ingest(n)]
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
        and node_gate(node) == layer
    ]


def is_required(source: Node) -> bool:
    """Tell whether a bad batch of this source closes the whole raw gate."""
    return bool(_meta(source).get("required") or _ingest(source).get("required"))


def suite_for(layer: str, table_node: Node, manifest: Manifest) -> list[Expectation]:
    """Return what is expected of a table; never nothing.

    Declared expectations come first, then those that `expectations/` adds by hand.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    written = _written(table_node)
    said = {_signature(expectation) for expectation in written}
    if layer == "raw":
        declared = _raw_suite(table_node)
    else:
        declared = _model_suite(table_node, manifest, alone=not written)
    return [*(e for e in declared if _signature(e) not in said), *written]


def written_in(node: Node) -> tuple[str, str]:
    """Return the module of `expectations/`, and the entry, that adds to a table."""
    name = node["name"]
    if node["resource_type"] == "source":
        return node["source_name"], name
    if node["resource_type"] == "seed":
        return "seeds", name
    folder, *rest = node["fqn"][1:-1]
    if folder == "staging":
        return "feeds", name.split("__", 1)[-1]
    return f"{folder}_{rest[0]}" if folder == "marts" and rest else folder, name


def key_columns(node: Node, manifest: Manifest) -> list[str]:
    """Return the columns that identify a row, or none when none are declared.

    A source declares them with its ingestion; a model by a primary key or unique
    constraint, or by a test of uniqueness on a column or on a combination of columns.
    """
    if node["resource_type"] == "source":
        return list(_ingest(node).get("key") or [])
    for constraint in node.get("constraints") or []:
        if constraint["type"] in ("primary_key", "unique"):
            return list(constraint["columns"])
    keys = [
        *(
            list(test.columns)
            for test in declared_tests(node, manifest)
            if test.is_unique and not test.where
        ),
        *(
            [name]
            for name, column in node["columns"].items()
            for constraint in column.get("constraints") or []
            if constraint["type"] in ("primary_key", "unique")
        ),
    ]
    return min(keys, key=len, default=[])


def _raw_suite(source: Node) -> Iterator[Expectation]:
    import great_expectations.expectations as gxe

    from expectations.rules import filled, not_empty, unique
    from expectations.volume import usual_volume
    from orchestration.gates.gx_castable import ExpectColumnValuesToBeCastable

    ingest, key = _ingest(source), key_columns(source, {})
    is_snapshot = ingest.get("mode") == "snapshot"
    yield gxe.ExpectTableColumnsToMatchSet(
        column_set=[*source["columns"], "_file", "_line", "_loaded_at", "_batch_id"],
        exact_match=False,
        meta={"reason": "Staging reads every declared column."},
    )
    yield not_empty(
        "An empty snapshot would delete every row of the source."
        if is_snapshot
        else "An export without rows is unusual.",
        stops=is_snapshot,
    )
    yield _batch_is_whole()
    yield from usual_volume(
        source["source_name"], source["name"], is_snapshot=is_snapshot
    )
    for column in key:
        yield filled(column, "A row without its key is nobody's.")
    if is_snapshot and key:
        yield unique(
            "_file",
            *key,
            why="Staging keeps one row of a few doubled ones; many doubles mean that "
            "the declared key is not the key.",
            show=["_file", "_line", *key],
            share=DOUBLED_SHARE,
        )
    for name, column in source["columns"].items():
        declared = (column.get("data_type") or "varchar").lower()
        if declared not in ("varchar", "text", "string"):
            yield ExpectColumnValuesToBeCastable(
                column=name,
                data_type=declared,
                date_format=_meta(column).get("format"),
                mostly=CASTABLE_SHARE,
                meta={
                    "reason": f"Declared as {declared}: staging quarantines the rows "
                    "that are not; more than one in twenty is a changed format."
                },
            )


def _batch_is_whole() -> Expectation:
    from expectations.rules import no_rows

    return no_rows(
        f"""
        select
            batches.batch_id,
            batches.rows_read,
            batches.rows_quarantined,
            loaded.row_count as rows_found,
            batches.rows_read || ' rows read, ' || loaded.row_count || ' loaded, '
            || batches.rows_quarantined || ' in quarantine' as said
        from (
            select any_value(_batch_id) as batch_id, count(*) as row_count
            from judged
        ) as loaded
        inner join ops.batches as batches using (batch_id)
        where
            batches.rows_loaded <> loaded.row_count
            or batches.rows_read <> batches.rows_loaded + batches.rows_quarantined
            or batches.rows_quarantined > {QUARANTINE_SHARE} * batches.rows_read
        """,
        "rows read are rows loaded plus rows quarantined, and few of those",
        "No row may be lost, and most rows must be readable.",
    )


def _model_suite(
    node: Node, manifest: Manifest, *, alone: bool
) -> Iterator[Expectation]:
    from expectations.rules import not_empty

    key = tuple(key_columns(node, manifest))
    grain = f"One row per {', '.join(key)} is the grain of this table."
    tests = declared_tests(node, manifest)
    if len(key) == 1:
        # Parts of a combined key may be null: an interval without an end, say.
        tests.append(DeclaredTest("not_null", key))
    if key:
        tests.append(DeclaredTest(uniqueness(key), key))
    for test in dict.fromkeys(tests):
        # A united feed is a view over feeds whose keys, which begin with the system,
        # were judged one gate earlier; counting them once more would cost the most.
        if test.is_unique and test.columns == key[:1] and _is_united_feed(node):
            continue
        why = grain if test.columns == key else "The model declares it."
        yield judged_as(test, why)
    if alone and not key:
        yield not_empty("A table that is read later is seldom empty.", stops=False)


def _is_united_feed(node: Node) -> bool:
    return node["fqn"][1:3] == ["core", "feeds"]


def _written(node: Node) -> list[Expectation]:
    """Return what the module of `expectations/` for this table adds."""
    module, name = written_in(node)
    return list(_suites(module).get(name, []))


@cache
def _suites(module: str) -> Mapping[str, list[Expectation]]:
    try:
        return importlib.import_module(f"expectations.{module}").SUITES
    except ModuleNotFoundError as error:
        if error.name != f"expectations.{module}":
            raise
        return {}


def _signature(expectation: Expectation) -> tuple[str, str]:
    """Return what an expectation asks of what, so that none is asked twice."""
    kwargs = expectation.configuration.kwargs
    what = {name: v for name, v in kwargs.items() if name != "mostly"}
    return expectation.configuration.type, repr(sorted(what.items()))


def _meta(node: Node) -> Mapping[str, Any]:
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}


def _ingest(source: Node) -> Mapping[str, Any]:
    return _meta(source).get("ingest") or {}
