"""How long every source has been silent, judged at once and kept in `ops.freshness`.

Belongs here: learning the rhythm of a table from the ledger of files, and comparing.
Does not belong here: what is declared, and how it is told (`freshness.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.gates.freshness import Freshness, declared_hours
from orchestration.ingestion.ledger import SAME_CONTENT
from orchestration.warehouse import transaction

LEARNT_FROM = 28
"""Gaps between drops that a rhythm is learnt from."""

LEARNS_FROM = 3
"""Gaps without which there is no rhythm yet, and no policy."""

_DECLARED_SCHEMA = pa.schema(
    [
        ("source_system", pa.string()),
        ("source_table", pa.string()),
        ("declared_hours", pa.float64()),
        ("last_event_at", pa.timestamp("us")),
    ]
)

# A rhythm is the usual gap and five MADs, or the longest gap but one in ten, so that a
# weekend is no silence; and half a usual gap of patience, since nobody is punctual.
_JUDGE = f"""
with

-- A file with nothing new in it is a sign of life as well, once; one that is refused is
-- not, nor are mended rows that come back from quarantine.
files as (

    select
        source_system,
        source_table,
        path,
        dropped_on,
        min(ingested_at) as ingested_at
    from ops.ingested_files
    where
        (batch_id is not null or starts_with(note, '{SAME_CONTENT}'))
        and not contains(path, '.replay-')
    group by source_system, source_table, path, dropped_on, sha256

),

newest as (

    select *
    from files
    qualify row_number() over (
        partition by source_system, source_table
        order by ingested_at desc, dropped_on desc, path desc
    ) = 1

),

newest_batches as (

    select *
    from ops.batches
    qualify row_number() over (
        partition by source_system, source_table order by batch_id desc
    ) = 1

),

drops as (

    select distinct source_system, source_table, dropped_on
    from files

),

gaps as (

    select
        source_system,
        source_table,
        dropped_on,
        dropped_on - lag(dropped_on) over (
            partition by source_system, source_table order by dropped_on
        ) as days
    from drops

),

recent_gaps as (

    select *
    from gaps
    where days is not null
    qualify row_number() over (
        partition by source_system, source_table order by dropped_on desc
    ) <= {LEARNT_FROM}

),

rhythms as (

    select
        source_system,
        source_table,
        24 * (
            greatest(median(days) + 5 * mad(days), quantile_cont(days, 0.9))
            + 0.5 * median(days)
        ) as learnt_hours
    from recent_gaps
    group by source_system, source_table
    having count(*) >= {LEARNS_FROM}

),

policies as (

    select
        declared.source_system,
        declared.source_table,
        declared.last_event_at,
        case
            when declared.declared_hours is not null then 'declared'
            when rhythms.learnt_hours is not null then 'learnt'
            else 'none'
        end as policy,
        coalesce(declared.declared_hours, rhythms.learnt_hours) as stale_after_hours
    from declared
    left join rhythms using (source_system, source_table)

)

select
    policies.source_system,
    policies.source_table,
    newest.path as last_file,
    newest.ingested_at as last_file_at,
    newest.dropped_on as last_dropped_on,
    newest_batches.batch_id as last_batch_id,
    newest_batches.status as last_batch_status,
    policies.last_event_at,
    policies.policy,
    policies.stale_after_hours,
    newest.ingested_at + to_seconds(3600 * policies.stale_after_hours) as stale_at,
    coalesce(stale_at < cast($now as timestamp), false) as is_stale,
    cast($now as timestamp) as judged_at
from policies
left join newest using (source_system, source_table)
left join newest_batches using (source_system, source_table)
order by policies.source_system, policies.source_table
"""

_DIFFERS = """
with

before as (select * exclude (judged_at) from ops.freshness),

now as (select * exclude (judged_at) from freshness_now)

(from now except from before)
union all
(from before except from now)
"""

_KNOWN_EVENTS = """
select
    batches.source_system,
    batches.source_table,
    max(freshness.last_event_at) as last_event_at,
    coalesce(max(freshness.last_batch_id), '') as read_to,
    max(batches.batch_id) as newest_batch_id
from ops.batches as batches
left join ops.freshness as freshness
    on
        batches.source_system = freshness.source_system
        and batches.source_table = freshness.source_table
group by batches.source_system, batches.source_table
"""


def judge_freshness(
    connection: duckdb.DuckDBPyConnection,
    sources: Iterable[Mapping[str, Any]],
    now: datetime,
) -> tuple[list[Freshness], list[Freshness]]:
    """Judge how silent every source table is, and keep it where anything changed.

    Nothing is written when all stands as before, so that what reads `ops.freshness` is
    not built again in an idle run.

    Args:
        connection: the warehouse, open for writing.
        sources: dbt's nodes of the source tables.
        now: the time to judge by, UTC without a zone.

    Returns:
        How every table stands; and those of them that fell silent since the last time,
        or were heard of again.
    """
    rows = _declarations(connection, sources, now)
    was_stale = dict(
        connection.execute(
            "select source_system || '.' || source_table, is_stale from ops.freshness"
        ).fetchall()
    )
    connection.register("declared", pa.Table.from_pylist(rows, _DECLARED_SCHEMA))
    judged = connection.sql(_JUDGE, params={"now": now}).to_arrow_table()
    connection.unregister("declared")
    connection.register("freshness_now", judged)
    if connection.execute(_DIFFERS).fetchall():
        with transaction(connection):
            connection.execute("delete from ops.freshness")
            connection.execute("insert into ops.freshness by name from freshness_now")
    connection.unregister("freshness_now")
    found = [Freshness(**row) for row in judged.to_pylist()]
    return found, [f for f in found if f.is_stale != was_stale.get(f.name, False)]


def _declarations(
    connection: duckdb.DuckDBPyConnection,
    sources: Iterable[Mapping[str, Any]],
    now: datetime,
) -> list[dict[str, Any]]:
    """Return what is declared of every table, and when anything last happened in it."""
    known = {
        (system, table): state
        for system, table, *state in connection.execute(_KNOWN_EVENTS).fetchall()
    }
    rows = []
    for source in sources:
        name = source["source_name"], source["name"]
        last, read_to, newest = known.get(name, (None, "", None))
        column = (source.get("config") or {}).get("event_time")
        if column and newest and newest != read_to:
            last = _last_event(connection, name, column, last, read_to, now)
        declared = {
            "source_system": name[0],
            "source_table": name[1],
            "declared_hours": declared_hours(source),
            "last_event_at": last if column else None,
        }
        rows.append(declared)
    return rows


def _last_event(
    connection: duckdb.DuckDBPyConnection,
    name: tuple[str, str],
    column: str,
    last: datetime | None,
    read_to: str,
    now: datetime,
) -> datetime | None:
    """Return the newest time that is not in the future, of what came since `read_to`.

    Values that are no time, and clocks that are ahead, are the business of staging.
    """
    return connection.execute(
        f"""
        select greatest(cast($last as timestamp), max(happened_at))
        from (
            select try_cast("{column}" as timestamp) as happened_at
            from raw_{name[0]}.{name[1]}
            where _batch_id > $read_to
        )
        where happened_at <= cast($now as timestamp)
        """,
        {"last": last, "read_to": read_to, "now": now},
    ).fetchall()[0][0]
