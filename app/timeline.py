"""What a customer did and was sent, through every channel, page by page.

A page goes on after the last row of the one before it, not after a number of rows, so
the hundredth page costs what the first does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from orchestration.ingestion.sql import named_rows

PAGE = 50
LARGEST_PAGE = 500


class BadPageError(ValueError):
    """What was given as the next page is not one; the message says so."""


@dataclass(frozen=True)
class Page:
    """Rows, and how to ask for those after them; None when there are none."""

    rows: list[dict[str, Any]]
    next_page: str | None


def timeline(
    connection: duckdb.DuckDBPyConnection,
    customer_id: str,
    *,
    after: str | None = None,
    limit: int = PAGE,
    channels: Sequence[str] = (),
    types: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page:
    """Return interactions of a customer, the newest first.

    Args:
        connection: to a release.
        customer_id: the current id.
        after: `next_page` of the page before.
        limit: rows on a page, at most `LARGEST_PAGE`.
        channels: only these, if any are named.
        types: only these values of `interaction_type`, if any are named.
        since: not what happened before, UTC.
        until: not what happened then or later, UTC.

    Raises:
        BadPageError: `after` is not what a page said.
    """
    moment, interaction_id = _place(after) if after else (None, None)
    limit = max(1, min(limit, LARGEST_PAGE))
    asked: dict[str, dict[str, Any]] = {
        "(occurred_at, interaction_id) < ($moment, $interaction_id)": {
            "moment": moment,
            "interaction_id": interaction_id,
        },
        "channel in (select unnest($channels))": {"channels": list(channels)},
        "interaction_type in (select unnest($types))": {"types": list(types)},
        "occurred_at >= $since": {"since": since},
        "occurred_at < $until": {"until": until},
    }
    # Only what is asked for: planning a condition that holds for all costs as much.
    conditions = {
        sql: given
        for sql, given in asked.items()
        if all(value not in (None, []) for value in given.values())
    }
    rows = named_rows(
        connection.execute(
            f"""
            select * exclude (customer_id)
            from marts.interactions
            where {" and ".join(["customer_id = $customer_id", *conditions])}
            order by occurred_at desc, interaction_id desc
            limit $rows
            """,
            {"customer_id": customer_id, "rows": limit + 1}
            | {
                name: value
                for each in conditions.values()
                for name, value in each.items()
            },
        )
    )
    page, rest = rows[:limit], rows[limit:]
    last = page[-1] if rest else None
    return Page(
        page,
        f"{last['occurred_at'].isoformat()}~{last['interaction_id']}" if last else None,
    )


def facets(connection: duckdb.DuckDBPyConnection, customer_id: str) -> list[dict]:
    """Return how many interactions there are by channel and type, to filter by."""
    return named_rows(
        connection.execute(
            """
            select channel, interaction_type, count(*) as interaction_count
            from marts.interactions
            where customer_id = ?
            group by channel, interaction_type
            order by channel, interaction_type
            """,
            [customer_id],
        )
    )


def _place(after: str) -> tuple[datetime, str]:
    moment, separator, interaction_id = after.partition("~")
    try:
        if not separator:
            raise ValueError
        return datetime.fromisoformat(moment), interaction_id
    except ValueError:
        raise BadPageError(
            f"{after!r} is no page of a timeline. Give the next_page of the one before."
        ) from None
