"""Whether the data came, and whether it was good enough to pass."""

from __future__ import annotations

from datetime import UTC, datetime

import altair as alt
import pandas as pd
import streamlit as st

from app.web.figures import (
    BAD,
    GOOD,
    NO,
    YES,
    count,
    duration,
    figure,
    heading,
    nothing,
    percent,
    sentence,
    tiles,
)
from app.web.marts import rows
from app.web.text import listing

_DAYS = 30

_FRESHNESS = """
select source_system || '.' || source_table as source, last_file_at, last_event_at,
    last_batch_status, stale_after_hours, stale_at, policy
from marts.freshness
order by stale_at nulls last
"""
_CHECKS = """
select checked_on, layer, passed, severity, count(*) as checks
from marts.data_quality
group by all
order by all
"""
_BROKEN = """
select layer, table_schema || '.' || table_name as table_name, column_name, rule,
    severity, rows_checked, rows_failed, failed_share, passed, checked_at
from marts.data_quality
where rows_failed > 0 or not passed
qualify row_number() over (
    partition by layer, table_schema, table_name, column_name, rule
    order by checked_at desc
) = 1
order by passed, failed_share desc nulls last
limit 100
"""


def page() -> None:
    """Show data quality and freshness as the release in use knows them."""
    st.title("Data quality and freshness", anchor=False)
    freshness, checks, broken = rows(_FRESHNESS), rows(_CHECKS), rows(_BROKEN)
    now = pd.Timestamp(datetime.now(UTC)).tz_localize(None)
    freshness["is_late"] = freshness["stale_at"] < now
    failed = checks[~checks["passed"].astype(bool)]
    published = rows("select run_id, published_at from marts._published").iloc[0]
    tiles(
        (
            "Release",
            f"{published['published_at']:%d %b}",
            f"Published at {published['published_at']:%H:%M} UTC by the run "
            f"{published['run_id']}.",
        ),
        (
            "Gone quiet",
            f"{count(freshness['is_late'].sum())} of {len(freshness)}",
            "Tables of sources that are silent for longer than allowed, by now.",
        ),
        ("Checks", count(checks["checks"].sum()), "Rules judged, over all runs."),
        (
            "Not kept",
            count(failed["checks"].sum()),
            "Rules that failed, over all runs.",
        ),
    )
    _sources(freshness)
    _over_time(checks)
    _rules(broken)


def _sources(freshness: pd.DataFrame) -> None:
    heading(
        "Freshness",
        "Every table of a source: when something of it came last, and from when on its "
        "silence is too long. Judged by the clock of this moment.",
        "freshness",
    )
    if freshness.empty:
        nothing("No source is declared: docs/guides/add-a-source.md.")
        return
    listing(
        (
            row
            | {
                "state": f"{NO} gone quiet" if row["is_late"] else f"{YES} on time",
                "allowed": duration(row["stale_after_hours"]),
                "last_batch_status": sentence(row["last_batch_status"] or ""),
            }
            for row in freshness.sort_values(["is_late", "source"], ascending=[0, 1])
            .astype(object)
            .to_dict("records")
        ),
        {
            "source": "Source table",
            "state": "State",
            "last_file_at": "Last file (UTC)",
            "last_event_at": "Newest event (UTC)",
            "last_batch_status": "Last batch",
            "allowed": "Silence allowed",
            "stale_at": "Too long from (UTC)",
        },
        caption="Freshness of every source table",
    )


def _over_time(checks: pd.DataFrame) -> None:
    verdicts = checks.assign(
        verdict=checks["passed"].map({True: "kept", False: "broken"})
    )
    # Always as many days wide, so that one day is a bar and no wall.
    last = checks["checked_on"].max() if len(checks) else datetime.now(UTC).date()
    newest = pd.Timestamp(last).normalize()
    days = [newest - pd.Timedelta(days=_DAYS), newest + pd.Timedelta(days=1)]
    figure(
        "Checks by day",
        verdicts,
        lambda r: (
            alt.Chart(r)
            .mark_bar(size=12, clip=True)
            .encode(
                x=alt.X(
                    "checked_on:T",
                    title=None,
                    scale=alt.Scale(domain=[f"{day:%Y-%m-%d}" for day in days]),
                    axis=alt.Axis(format="%d %b", tickCount=6),
                ),
                y=alt.Y("sum(checks):Q", title="checks"),
                color=alt.Color(
                    "verdict:N",
                    title=None,
                    scale=alt.Scale(domain=["kept", "broken"], range=[GOOD, BAD]),
                    legend=alt.Legend(orient="top"),
                ),
                tooltip=[
                    alt.Tooltip("checked_on:T", title="day", format="%Y-%m-%d"),
                    alt.Tooltip("verdict:N"),
                    alt.Tooltip("sum(checks):Q", title="checks", format=","),
                ],
            )
            .properties(height=220)
        ),
        counts="Rules that a gate judged, and whether they were kept, by day, of the "
        "last 30 days. Tables that did not change are not judged again.",
        mart="data_quality",
        empty="No gate has judged anything yet.",
        columns={
            "checked_on": "Day",
            "layer": "Gate",
            "verdict": "Verdict",
            "severity": "Severity",
            "checks": "Checks",
        },
    )


def _rules(broken: pd.DataFrame) -> None:
    heading(
        "Rules that rows broke",
        "The latest verdict of each rule that any row broke; some rules allow a share. "
        "Which rows: the reports of the gates, and `c360 quarantine list`.",
        "data_quality",
    )
    if broken.empty:
        nothing("Every row of every table keeps every rule.")
        return
    listing(
        (
            row
            | {
                "verdict": "allowed" if row["passed"] else f"{NO} broken",
                "layer": sentence(row["layer"]),
                "failed_share": percent(row["failed_share"], 1),
                "severity": sentence(row["severity"] or ""),
                "checked_on": row["checked_at"].date(),
            }
            for row in broken.astype(object).to_dict("records")
        ),
        {
            "verdict": "Verdict",
            "layer": "Gate",
            "table_name": "Table",
            "column_name": "Column",
            "rule": "Rule",
            "rows_failed": "Rows failed",
            "rows_checked": "Of",
            "failed_share": "Share",
            "severity": "Severity",
            "checked_on": "Day",
        },
        caption="Rules that rows broke",
    )
