"""Which sources have gone quiet: how long each may be silent, and how long it has been.

The YAML of a source may declare it, as dbt does: `freshness: {warn_after: …}` over
`loaded_at_field: _loaded_at`. A table for which nothing is declared learns from its own
drops. Silence never stops a run; it is told at the raw gate, as a warning.

Belongs here: what is declared of a table, and how its silence is told. Does not belong
here: judging it (`freshness_ledger.py`), its Dagster check (`freshness_checks.py`), and
how much a batch brings (`expectations/volume.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from orchestration.gates.finding import Finding

_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24}


@dataclass(frozen=True)
class Freshness:
    """How long a source table has been silent, and how long it may be."""

    source_system: str
    source_table: str
    last_file: str | None
    last_file_at: datetime | None
    last_dropped_on: date | None
    last_batch_id: str | None
    last_batch_status: str | None
    last_event_at: datetime | None
    policy: str
    stale_after_hours: float | None
    stale_at: datetime | None
    is_stale: bool
    judged_at: datetime

    @property
    def name(self) -> str:
        """`<system>.<table>`, as people say it."""
        return f"{self.source_system}.{self.source_table}"

    @property
    def silent_for(self) -> timedelta | None:
        """Return how long ago the last file came, when this was judged."""
        return self.judged_at - self.last_file_at if self.last_file_at else None

    @property
    def sentence(self) -> str:
        """Say how it stands in one sentence."""
        if self.last_file_at is None:
            return "No file of it was ever loaded."
        said = (
            f"The last file, {self.last_file}, came {self.last_file_at:%Y-%m-%d %H:%M} "
            f"UTC, {in_words(self.silent_for)} ago"
        )
        if self.stale_after_hours is None:
            return f"{said}; its rhythm is not known yet."
        allowed = in_words(timedelta(hours=self.stale_after_hours))
        return f"{said}; {allowed} of silence are {_ALLOWED[self.policy]}."

    def finding(self) -> Finding:
        """Return it as a finding of the raw gate."""
        return Finding(
            expectation="has not gone quiet",
            column_name=None,
            severity="warning",
            passed=not self.is_stale,
            rows_checked=None,
            rows_failed=None,
            observed=self.sentence,
            examples=None,
            reason="A source that stops sending fails no rule: its figures only stand "
            "still. Ask whoever sends the files, and see whether the export runs.",
        )


_ALLOWED = {"declared": "allowed by its YAML", "learnt": "usual by its own rhythm"}


def gone_quiet(connection: duckdb.DuckDBPyConnection, now: datetime) -> list[Freshness]:
    """Return the source tables that are silent for too long at `now`, UTC."""
    found = connection.execute(
        """
        select * replace (true as is_stale, cast($now as timestamp) as judged_at)
        from ops.freshness
        where stale_at < cast($now as timestamp)
        order by stale_at
        """,
        {"now": now},
    )
    names = [column[0] for column in found.description]
    return [Freshness(**dict(zip(names, row, strict=True))) for row in found.fetchall()]


def declared_hours(source: Mapping[str, Any]) -> float | None:
    """Return the hours of silence that the YAML of a source table allows, if any."""
    config = source.get("config") or {}
    policy = source.get("freshness") or config.get("freshness") or {}
    limit = policy.get("warn_after") or {}
    if not limit.get("count") or not limit.get("period"):
        return None
    return limit["count"] * _HOURS[limit["period"]]


def in_words(silence: timedelta | None) -> str:
    """Say a length of time as a person would: hours up to two days, then days."""
    hours = (silence or timedelta()).total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.1f} days"
