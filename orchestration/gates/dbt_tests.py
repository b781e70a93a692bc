"""Tests that dbt's YAML declares and the gates judge: they ask all of a table at once.

Belongs here: reading such tests out of the manifest, and saying the same as an
expectation. Does not belong here: which tables are judged (`suites.py`). Great
Expectations is imported on the first call of `judged_as`, since it costs seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.ingestion.sql import literal

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

    Node = Mapping[str, Any]
    Manifest = Mapping[str, Any]

JUDGED_TESTS = (
    "not_null",
    "unique",
    "unique_combination",
    "accepted_values",
    "relationships",
)


@dataclass(frozen=True)
class DeclaredTest:
    """What a dbt test holds of the columns of a model or seed."""

    name: str
    """Of the test: one of `JUDGED_TESTS`."""
    columns: tuple[str, ...]
    where: str | None = None
    """SQL over the columns; rows that do not meet it are not judged."""
    stops: bool = True
    values: tuple[Any, ...] = ()
    """That the column may have."""
    found_in: tuple[str, str] | None = None
    """Table and column that must have every value."""

    @property
    def is_unique(self) -> bool:
        """Tell whether the test holds that the columns name every row."""
        return self.name in ("unique", "unique_combination")


def declared_tests(model: Node, manifest: Manifest) -> list[DeclaredTest]:
    """Return the tests of a model that its gate judges in place of dbt."""
    tests = []
    for node in manifest["nodes"].values():
        if node.get("attached_node") != model["unique_id"] or not is_judged(node):
            continue
        config = node.get("config") or {}
        told = node["test_metadata"].get("kwargs", {})
        tests.append(
            DeclaredTest(
                node["test_metadata"]["name"],
                tuple(told.get("columns") or [node["column_name"]]),
                where=config.get("where"),
                stops=config.get("severity", "error").lower() == "error",
                values=tuple(told.get("values") or ()),
                found_in=_referred_column(node, manifest),
            )
        )
    return tests


def is_judged(test: Node) -> bool:
    """Tell whether a gate judges what a dbt test holds, so that dbt need not."""
    return (test.get("test_metadata") or {}).get("name") in JUDGED_TESTS


def _referred_column(test: Node, manifest: Manifest) -> tuple[str, str] | None:
    """Return the table and the column that a test of relationships refers to."""
    if test["test_metadata"]["name"] != "relationships":
        return None
    others = [i for i in test["depends_on"]["nodes"] if i != test["attached_node"]]
    referred = others[0] if others else test["attached_node"]
    node = manifest["nodes"].get(referred) or manifest["sources"][referred]
    table = node.get("alias") or node.get("identifier") or node["name"]
    return f"{node['schema']}.{table}", test["test_metadata"]["kwargs"]["field"]


def uniqueness(columns: tuple[str, ...]) -> str:
    """Return the name of the test that columns name every row."""
    return "unique" if len(columns) == 1 else "unique_combination"


def judged_as(test: DeclaredTest, why: str) -> Expectation:
    """Return the expectation that holds the same."""
    from expectations.rules import filled, never, no_rows, one_of, unique

    columns = ", ".join(test.columns)
    where = f"({test.where}) and " if test.where else ""
    also = f" where {test.where}" if test.where else ""
    if test.found_in:
        table, column = test.found_in
        return no_rows(
            f"select {columns} from judged where {where}{columns} is not null "
            f"and {columns} not in "
            f"(select {column} from {table} where {column} is not null)",
            f"{columns} is among {column} of {table}{also}",
            why,
            stops=test.stops,
        )
    if not test.where:
        if test.is_unique:
            return unique(*test.columns, why=why, stops=test.stops)
        if test.values:
            return one_of(columns, test.values, why, stops=test.stops)
        return filled(columns, why, stops=test.stops)
    if test.values:
        values = ", ".join(
            literal(value) if isinstance(value, str) else str(value)
            for value in test.values
        )
        return never(f"{where}{columns} not in ({values})", why, stops=test.stops)
    if not test.is_unique:
        return never(f"{where}{columns} is null", why, stops=test.stops)
    some = " or ".join(f"{column} is not null" for column in test.columns)
    return no_rows(
        f"select {columns}, count(*) as row_count from judged "
        f"where {where}({some}) group by {columns} having count(*) > 1",
        f"unique{also}",
        why,
        stops=test.stops,
    )
