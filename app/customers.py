"""One customer of a release, part by part, as pages and programs show it.

Each function takes a connection to a release and a customer id and returns rows, as
values by column. Every table is ordered by customer, so each is a point read. What a
column means, the description of the mart says.

Belongs here: reading what is known of a customer. Does not belong here: who they are,
and why (identity.py); who may see it (access.py): a connection to the masked file
returns the same rows, masked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from app import identity
from app.reading import Rows, row_of, rows_of
from orchestration.ingestion.sql import named_rows

Part = Callable[[duckdb.DuckDBPyConnection, str], Any]


def golden_record(connection: duckdb.DuckDBPyConnection, customer_id: str) -> dict:
    """Return the row of `marts.customers`.

    Raises:
        UnknownCustomerError: there is none.
    """
    record = row_of(connection, "customers", customer_id)
    if record is None:
        raise identity.UnknownCustomerError(
            f"The release has no customer {customer_id!r}."
        )
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


def traits(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return demographic and psychographic traits, of the person or of the area."""
    return rows_of(connection, "customer_traits", customer_id, "said_of, trait, value")


def orders(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the orders, the newest first."""
    return rows_of(connection, "orders", customer_id, "ordered_at desc, order_key")


def order_lines(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what was bought, the newest first."""
    return rows_of(
        connection, "order_lines", customer_id, "ordered_at desc, order_key, line_key"
    )


def refunds(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what was given back, the newest first."""
    return rows_of(connection, "refunds", customer_id, "refunded_at desc, refund_key")


def journey(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the stages the customer went through, in order."""
    return rows_of(connection, "journeys", customer_id, "step_number")


def tickets(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the tickets, the newest first."""
    return rows_of(connection, "tickets", customer_id, "opened_at desc, ticket_key")


def survey_responses(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return the answers to surveys, the newest first."""
    return rows_of(
        connection, "survey_responses", customer_id, "answered_at desc, response_key"
    )


def consents(connection: duckdb.DuckDBPyConnection, customer_id: str) -> Rows:
    """Return what may be done for which purpose by which channel, and on what basis."""
    return rows_of(connection, "consents", customer_id, "purpose, channel")


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
        name: row_of(connection, mart, customer_id) for name, mart in SCORES.items()
    }
    return found | {
        "recommendations": rows_of(
            connection, "customer_recommendations", customer_id, "recommendation_rank"
        ),
        "send_times": rows_of(
            connection, "send_times", customer_id, "expected_share desc, channel"
        ),
    }


PARTS: dict[str, Part] = {
    part.__name__: part
    for part in (
        identity.attribute_sources,
        identity.identifiers,
        identity.former_ids,
        identity.records,
        identity.identity_links,
        identity.identity_cuts,
        identity.identity_changes,
        identity.review_queue,
        identity.history,
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
