"""Fetching what is new at a source, so that it lands as files; one call, one table.

Belongs here: what all connectors have in common. Does not belong here: what a database
or an interface says, which is the business of the module of its kind.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import duckdb

from orchestration.ingestion.extracted import Extracted, ExtractError
from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir


def extract(source: SourceTable, data: DataDir, now: datetime) -> Extracted | None:
    """Land what is new at the source of a table; None if its files are put there.

    Raises:
        ExtractError: the source cannot be reached or read.
        PositionUnreadableError: it is not known how far the table was read.
    """
    if source.origin is None:
        return None
    switch = source.origin.switch
    if not os.environ.get(switch):
        if source.origin.takes_files:
            return None
        raise ExtractError(
            f"{source.name} cannot be fetched: the environment variable {switch} is "
            f"not set. {source.origin.switch_hint}"
        )
    now = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    # The drivers are needed only by those who fetch.
    if source.kind == "rest":
        from orchestration.ingestion.rest import extract_table
    else:
        from orchestration.ingestion.postgres import extract_table

    try:
        return extract_table(source, data, now)
    except (duckdb.Error, OSError) as error:
        raise ExtractError(
            f"What was fetched of {source.name} cannot be written to {data.landing} "
            f"({str(error).splitlines()[0]}). The next run fetches it again."
        ) from error
