"""Who a customer is, and why: ids, sources, evidence, changes, open questions.

Belongs here: reading what identity decided, as customers.py does for all else. Does not
belong here: deciding it (models/identity).
"""

from __future__ import annotations

import duckdb

from app.reading import Rows, rows_of
from orchestration.ingestion.sql import named_rows


class UnknownCustomerError(LookupError):
    """The release has no such customer."""


def current_id(connection: duckdb.DuckDBPyConnection, customer_id: str) -> str:
    """Return the id that a customer has now, given any that they ever had.

    Raises:
        UnknownCustomerError: nobody has or had it, or nobody identified does any more.
    """
    rows = connection.execute(
        "select current_customer_id from marts.customer_id_aliases "
        "where customer_id = ? and current_customer_id is not null",
        [customer_id.strip().upper()],
    ).fetchall()
    if not rows:
        raise UnknownCustomerError(f"The release has no customer {customer_id!r}.")
    return rows[0][0]


def attribute_sources(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return where each cell of the golden record is from, and by which rule."""
    return rows_of(
        connection, "customer_attribute_sources", customer_id, "attribute, record_key"
    )


def identifiers(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the addresses, numbers and ids, the newest of each type first."""
    return rows_of(
        connection,
        "customer_identifiers",
        customer_id,
        "identifier_type, last_seen_at desc, identifier_value",
    )


def former_ids(connection: duckdb.DuckDBPyConnection, customer_id: str) -> list[str]:
    """Return the other ids that the customer once had."""
    # DuckDB looks it up in the index only if nothing else is asked.
    rows = connection.execute(
        "select customer_id from marts.customer_id_aliases "
        "where current_customer_id = ?",
        [customer_id],
    ).fetchall()
    return sorted(former for (former,) in rows if former != customer_id)


def records(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the records of the sources that are the customer, or were for a time."""
    return rows_of(
        connection,
        "customer_records",
        customer_id,
        "record_key, valid_from nulls first",
    )


def identity_links(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the evidence that joins the records, the strongest first."""
    return rows_of(
        connection,
        "identity_links",
        customer_id,
        "priority, evidence_key, record_key",
    )


def identity_cuts(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the evidence that was not used, and why."""
    return rows_of(
        connection,
        "identity_cuts",
        customer_id,
        "rejection_reason, identifier_type, identifier_value, record_key",
    )


def identity_changes(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return how the customer came to be: founded, merged, split, the newest first."""
    return named_rows(
        connection.execute(
            "select * from marts.identity_changes "
            "where $id in (old_customer_id, new_customer_id) "
            "order by changed_at desc, change, record_key",
            {"id": customer_id},
        )
    )


def review_queue(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what waits for a steward to say whether it is this customer."""
    return named_rows(
        connection.execute(
            "select * from marts.identity_review_queue "
            "where $id in (customer_id, other_customer_id) "
            "order by confidence desc nulls last, record_key, other_record_key",
            {"id": customer_id},
        )
    )


def history(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what was known of the customer before, the newest first."""
    return rows_of(connection, "customer_history", customer_id, "committed_from desc")
