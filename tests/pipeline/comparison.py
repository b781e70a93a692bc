"""Whether two builds of a table say the same, row by row and value by value.

Belongs here: comparing two relations of one DuckDB connection. Does not belong here:
where they come from; a table of Spark is read as Parquet. Both sides are cast to the
types of the first, texts and decimals have to be equal, and floats to nine places.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import duckdb

from orchestration.ingestion.sql import identifier

TOLERANCE = 1e-9
"""How far floats may be apart: a share of their size, or of 1 if they are smaller."""

_FLOATS = ("DOUBLE", "FLOAT")


@dataclass(frozen=True)
class Difference:
    """How two builds of a table differ; false if they do not.

    Attributes:
        missing: columns that only the first has.
        only_first: rows that only the first has.
        only_second: rows that only the second has.
        unequal: of rows whose other columns are equal, how many differ in each float.
    """

    missing: tuple[str, ...] = ()
    only_first: int = 0
    only_second: int = 0
    unequal: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.missing or self.only_first or self.only_second or self.unequal)


def compare(
    connection: duckdb.DuckDBPyConnection,
    first: str,
    second: str,
    without: Collection[str] = (),
) -> Difference:
    """Compare two relations that are written as SQL.

    Args:
        connection: that both can be read on.
        first: the relation whose columns and types count.
        second: the other.
        without: columns that are not compared, such as the time of the build.
    """
    described = connection.execute(f"describe from {first}").fetchall()
    there = {row[0] for row in connection.execute(f"describe from {second}").fetchall()}
    types = {name: kind for name, kind, *_ in described if name not in without}
    missing = tuple(name for name in types if name not in there)
    if missing:
        return Difference(missing=missing)
    floats = [name for name, kind in types.items() if kind in _FLOATS]
    keys = [name for name in types if name not in floats]
    matched = " and ".join(
        f"one.{name} is not distinct from other.{name}"
        for name in [*map(identifier, keys), "_place"]
    )
    counts = [
        "count(*) filter (where other._place is null)",
        "count(*) filter (where one._place is null)",
        *(_is_apart(identifier(name)) for name in floats),
    ]
    row = connection.execute(
        f"select {', '.join(counts)} "
        f"from ({_placed(first, types, keys, floats)}) as one "
        f"full join ({_placed(second, types, keys, floats)}) as other on {matched}"
    ).fetchall()[0]
    return Difference(
        only_first=row[0],
        only_second=row[1],
        unequal={
            name: apart for name, apart in zip(floats, row[2:], strict=True) if apart
        },
    )


def _placed(
    relation: str, types: dict[str, str], keys: list[str], floats: list[str]
) -> str:
    """Return SQL of a relation's rows, numbered among those equal but for floats."""
    columns = ", ".join(
        f"cast({identifier(name)} as {kind}) as {identifier(name)}"
        for name, kind in types.items()
    )
    alike = f"partition by {', '.join(map(identifier, keys))}" if keys else ""
    order = f"order by {', '.join(map(identifier, floats))}" if floats else ""
    return (
        f"select *, row_number() over ({alike} {order}) as _place "
        f"from (select {columns} from {relation})"
    )


def _is_apart(name: str) -> str:
    one, other = f"one.{name}", f"other.{name}"
    return (
        "count(*) filter (where one._place is not null and other._place is not null "
        f"and ({one} is null <> ({other} is null) or abs({one} - {other}) "
        f"> {TOLERANCE} * greatest(1, abs({one}))))"
    )
