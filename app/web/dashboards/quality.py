"""Whether the data came, and whether it was good enough to pass."""

from __future__ import annotations

from datetime import UTC, datetime

import altair as alt
import pandas as pd
import streamlit as st

from app.web.figures import BAD, GOOD, count, figure, heading, nothing, table, tiles
from app.web.marts import rows

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
limit 200
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
    when = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")
    table(
        freshness.assign(
            state=freshness["is_late"].map({True: "✗ gone quiet", False: "✓ on time"})
        ),
        {
            "source": "Source table",
            "state": "State",
            "last_file_at": "Last file",
            "last_event_at": "Newest event",
            "last_batch_status": "Last batch",
            "stale_after_hours": "Hours allowed",
            "stale_at": "Too long from",
            "policy": "By",
        },
        last_file_at=when,
        last_event_at=when,
        stale_at=when,
        stale_after_hours=st.column_config.NumberColumn(format="%.0f"),
    )


def _over_time(checks: pd.DataFrame) -> None:
    verdicts = checks.assign(
        verdict=checks["passed"].map({True: "kept", False: "broken"})
    )
    figure(
        "Checks by day",
        verdicts,
        lambda r: (
            alt.Chart(r)
            .mark_bar()
            .encode(
                x=alt.X("yearmonthdate(checked_on):O", title=None),
                y=alt.Y("sum(checks):Q", title="checks"),
                color=alt.Color(
                    "verdict:N",
                    title=None,
                    scale=alt.Scale(domain=["kept", "broken"], range=[GOOD, BAD]),
                    legend=alt.Legend(orient="top"),
                ),
                tooltip=["layer:N", "verdict:N", "severity:N", "sum(checks):Q"],
            )
            .properties(height=220)
        ),
        counts="Rules that a gate judged on a day, and whether they were kept. Tables "
        "that did not change are not judged again.",
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
    table(
        broken.assign(
            verdict=broken["passed"].map({True: "allowed", False: "✗ broken"})
        ),
        {
            "verdict": "Verdict",
            "layer": "Gate",
            "table_name": "Table",
            "column_name": "Column",
            "rule": "Rule",
            "rows_failed": "Rows failed",
            "rows_checked": "Rows checked",
            "failed_share": "Share",
            "severity": "Severity",
            "checked_at": "When",
        },
        failed_share=st.column_config.NumberColumn(format="percent"),
        checked_at=st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
    )
