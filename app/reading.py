"""Point reads of marts: every one is ordered by customer."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.ingestion.sql import named_rows

Rows = list[dict[str, Any]]


def rows_of(
    connection: duckdb.DuckDBPyConnection, mart: str, customer_id: str, order: str
) -> Rows:
    """Return the rows of a customer in a mart, in an order."""
    return named_rows(
        connection.execute(
            f"select * from marts.{mart} where customer_id = ? order by {order}",
            [customer_id],
        )
    )


def row_of(
    connection: duckdb.DuckDBPyConnection, mart: str, customer_id: str
) -> dict[str, Any] | None:
    """Return the row of a customer in a mart with one for each, or None."""
    rows = named_rows(
        connection.execute(
            f"select * from marts.{mart} where customer_id = ?", [customer_id]
        )
    )
    return rows[0] if rows else None
