"""Point reads of marts: every one is ordered by customer."""

from __future__ import annotations

from typing import Any

import duckdb

from app.release import OutdatedReleaseError

Rows = list[dict[str, Any]]


class Row(dict[str, Any]):
    """A row of a mart, as values by column; it knows what to say of one it lacks."""

    mart = ""

    def __missing__(self, column: str) -> Any:
        """Say that the release is too old to have a column.

        Raises:
            OutdatedReleaseError: always.
        """
        raise OutdatedReleaseError(f"column {self.mart}.{column}")


def rows_of(
    connection: duckdb.DuckDBPyConnection, mart: str, customer_id: str, order: str
) -> Rows:
    """Return the rows of a customer in a mart, in an order."""
    return _rows(connection, mart, customer_id, f"order by {order}")


def row_of(
    connection: duckdb.DuckDBPyConnection, mart: str, customer_id: str
) -> dict[str, Any] | None:
    """Return the row of a customer in a mart with one for each, or None."""
    rows = _rows(connection, mart, customer_id, "")
    return rows[0] if rows else None


def _rows(
    connection: duckdb.DuckDBPyConnection, mart: str, customer_id: str, order: str
) -> Rows:
    found = connection.execute(
        f"select * from marts.{mart} where customer_id = ? {order}", [customer_id]
    )
    names = [column[0] for column in found.description or ()]
    rows: Rows = []
    for values in found.fetchall():
        row = Row(zip(names, values, strict=True))
        row.mart = mart
        rows.append(row)
    return rows
