"""One customer of a release, part by part, as pages and programs show it.

Each function takes a connection to a release and a customer id and returns rows, as
values by column. Every table is ordered by customer, so each is a point read. What a
column means, the description of the mart says.

Belongs here: reading. Does not belong here: who may see it (access.py); a connection to
the masked file returns the same rows, masked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from orchestration.ingestion.sql import named_rows

Rows = list[dict[str, Any]]
Part = Callable[[duckdb.DuckDBPyConnection, str], Any]


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


def golden_record(connection: duckdb.DuckDBPyConnection, customer_id: str) -> dict:
    """Return the row of `marts.customers`.

    Raises:
        UnknownCustomerError: there is none.
    """
    record = _row(connection, "customers", customer_id)
    if record is None:
        raise UnknownCustomerError(f"The release has no customer {customer_id!r}.")
    return record


def summaries(
    connection: duckdb.DuckDBPyConnection, customer_ids: Sequence[str]
) -> Rows:
    """Return what a list shows of each customer, in the order of the ids."""
    rows = named_rows(
        connection.execute(
            """
            select
                customer_id,
                display_name,
                email,
                phone,
                city,
                country_code,
                company,
                lifecycle_stage,
                rfm_segment,
                order_count,
                revenue_reporting,
                last_seen_at
            from marts.customers
            where customer_id in (select unnest(?))
            """,
            [list(customer_ids)],
        )
    )
    by_id = {row["customer_id"]: row for row in rows}
    return [by_id[each] for each in customer_ids if each in by_id]


def attribute_sources(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return where each cell of the golden record is from, and by which rule."""
    return _rows(
        connection, "customer_attribute_sources", customer_id, "attribute, record_key"
    )


def identifiers(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the addresses, numbers and ids, the newest of each type first."""
    return _rows(
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
    return _rows(
        connection,
        "customer_records",
        customer_id,
        "record_key, valid_from nulls first",
    )


def identity_links(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the evidence that joins the records, the strongest first."""
    return _rows(
        connection,
        "identity_links",
        customer_id,
        "priority, evidence_key, record_key",
    )


def identity_cuts(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the evidence that was not used, and why."""
    return _rows(
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
    return _rows(connection, "customer_history", customer_id, "committed_from desc")


def traits(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return demographic and psychographic traits, of the person or of the area."""
    return _rows(connection, "customer_traits", customer_id, "said_of, trait, value")


def orders(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the orders, the newest first."""
    return _rows(connection, "orders", customer_id, "ordered_at desc, order_key")


def order_lines(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what was bought, the newest first."""
    return _rows(
        connection, "order_lines", customer_id, "ordered_at desc, order_key, line_key"
    )


def refunds(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what was given back, the newest first."""
    return _rows(connection, "refunds", customer_id, "refunded_at desc, refund_key")


def journey(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the stages the customer went through, in order."""
    return _rows(connection, "journeys", customer_id, "step_number")


def tickets(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the tickets, the newest first."""
    return _rows(connection, "tickets", customer_id, "opened_at desc, ticket_key")


def survey_responses(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the answers to surveys, the newest first."""
    return _rows(
        connection, "survey_responses", customer_id, "answered_at desc, response_key"
    )


def consents(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what may be done for which purpose by which channel, and on what basis."""
    return _rows(connection, "consents", customer_id, "purpose, channel")


def segments(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the segments that the customer is in, and since when."""
    return named_rows(
        connection.execute(
            """
            select
                segments.segment_id,
                segments.name,
                segments.kind,
                segments.description,
                histories.member_since
            from marts.segment_members as members
            inner join marts.segments as segments using (segment_id)
            left join marts.segment_history as histories
                on
                    members.segment_id = histories.segment_id
                    and members.customer_id = histories.customer_id
                    and histories.customer_id = $id
                    and histories.member_until is null
            where members.customer_id = $id
            order by segments.kind, segments.name
            """,
            {"id": customer_id},
        )
    )


def household(connection: duckdb.DuckDBPyConnection, customer_id: str) -> dict | None:
    """Return the household with its `members`, or None if the customer has none."""
    return _group(connection, customer_id, "households", "household_id")


def account(connection: duckdb.DuckDBPyConnection, customer_id: str) -> dict | None:
    """Return the company with its `members`, or None if the customer has none."""
    return _group(connection, customer_id, "accounts", "account_id")


SCORES = {
    "value": "customer_value",
    "churn": "customer_churn",
    "rfm": "customer_rfm",
    "sentiment": "customer_sentiment",
    "anomaly": "customer_anomalies",
    "cluster": "customer_clusters",
}


def scores(
    connection: duckdb.DuckDBPyConnection, customer_id: str
) -> dict[str, dict[str, Any] | Rows | None]:
    """Return each score with the figures behind it, None where there is none.

    `recommendations` and `send_times` are rows, the best first.
    """
    found: dict[str, dict[str, Any] | Rows | None] = {
        name: _row(connection, mart, customer_id) for name, mart in SCORES.items()
    }
    return found | {
        "recommendations": _rows(
            connection, "customer_recommendations", customer_id, "recommendation_rank"
        ),
        "send_times": _rows(
            connection, "send_times", customer_id, "expected_share desc, channel"
        ),
    }


PARTS: dict[str, Part] = {
    part.__name__: part
    for part in (
        attribute_sources,
        identifiers,
        former_ids,
        records,
        identity_links,
        identity_cuts,
        identity_changes,
        review_queue,
        history,
        traits,
        orders,
        order_lines,
        refunds,
        journey,
        tickets,
        survey_responses,
        consents,
        segments,
        household,
        account,
        scores,
    )
}
"""The parts of a profile by name, but for the timeline, which comes in pages."""


def _rows(
    connection: duckdb.DuckDBPyConnection, mart: str, customer_id: str, order: str
) -> Rows:
    return named_rows(
        connection.execute(
            f"select * from marts.{mart} where customer_id = ? order by {order}",
            [customer_id],
        )
    )


def _row(
    connection: duckdb.DuckDBPyConnection, mart: str, customer_id: str
) -> dict[str, Any] | None:
    """Return the row of a customer in a mart with one for each, or None."""
    rows = named_rows(
        connection.execute(
            f"select * from marts.{mart} where customer_id = ?", [customer_id]
        )
    )
    return rows[0] if rows else None


def _group(
    connection: duckdb.DuckDBPyConnection, customer_id: str, mart: str, key: str
) -> dict | None:
    found = named_rows(
        connection.execute(
            f"""
            select groups.*
            from marts.{mart} as groups
            inner join marts.customers as customers using ({key})
            where customers.customer_id = ?
            """,
            [customer_id],
        )
    )
    if not found:
        return None
    members = named_rows(
        connection.execute(
            f"""
            select customer_id, display_name, order_count, revenue_reporting
            from marts.customers
            where {key} = ?
            order by revenue_reporting desc, customer_id
            """,
            [found[0][key]],
        )
    )
    return found[0] | {"members": members}
