"""Segments of a release and who is in them, page by page."""

from __future__ import annotations

import duckdb

from app.timeline import LARGEST_PAGE, PAGE, Page
from orchestration.ingestion.sql import named_rows


class UnknownSegmentError(LookupError):
    """The release has no such segment."""


def all_segments(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """Return all segments with their figures, as `marts.segments` has them."""
    return named_rows(
        connection.execute("select * from marts.segments order by kind, name")
    )


def segment(connection: duckdb.DuckDBPyConnection, segment_id: str) -> dict:
    """Return one segment.

    Raises:
        UnknownSegmentError: there is none.
    """
    found = named_rows(
        connection.execute(
            "select * from marts.segments where segment_id = ?", [segment_id]
        )
    )
    if not found:
        raise UnknownSegmentError(f"The release has no segment {segment_id!r}.")
    return found[0]


def members(
    connection: duckdb.DuckDBPyConnection,
    segment_id: str,
    *,
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """Return members of a segment in the order of their ids.

    Args:
        connection: to a release.
        segment_id: of which segment; one that does not exist has no members.
        after: `next_page` of the page before, which is its last customer id.
        limit: rows on a page, at most `LARGEST_PAGE`.
    """
    limit = max(1, min(limit, LARGEST_PAGE))
    rows = named_rows(
        connection.execute(
            """
            with

            page as (

                select customer_id
                from marts.segment_members
                where segment_id = $segment_id and customer_id > $after
                order by customer_id
                limit $rows

            )

            select
                customer_id,
                customers.display_name,
                customers.email,
                customers.phone,
                customers.country_code,
                customers.lifecycle_stage,
                customers.rfm_segment,
                customers.revenue_reporting
            from page
            inner join marts.customers as customers using (customer_id)
            order by customer_id
            """,
            {"segment_id": segment_id, "after": after or "", "rows": limit + 1},
        )
    )
    page, rest = rows[:limit], rows[limit:]
    return Page(page, page[-1]["customer_id"] if rest else None)
