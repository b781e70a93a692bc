"""The one clock: times that are written down never go back, whatever the machine says.

What was judged, loaded or committed last is told by its time, so a machine whose clock
is set back must not make today's verdict an older one. `ops.clock` holds the newest
time that was told; while the machine is behind it, each time is a microsecond after the
one before. dbt reads the same clock (`macros/cross_db/run_moment.sql`).

Belongs here: telling the time to write down. Does not belong here: how old something is
by now, which is asked of the machine.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb


def machine_time() -> datetime:
    """Return what the machine says, UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def moment(connection: duckdb.DuckDBPyConnection) -> datetime:
    """Return the time to write down now, UTC: later than any told before.

    Args:
        connection: the warehouse, open for writing; a transaction that is rolled back
            takes the time back, with all that was written under it.
    """
    return connection.execute(
        """
        update ops.clock
        set told_at = greatest(cast($now as timestamp), told_at + to_microseconds(1))
        returning told_at
        """,
        {"now": machine_time()},
    ).fetchall()[0][0]


def catch_up(connection: duckdb.DuckDBPyConnection, known: str) -> None:
    """Put the clock at the newest of the times that the query `known` finds."""
    connection.execute(f"update ops.clock set told_at = greatest(told_at, ({known}))")


def behind(connection: duckdb.DuckDBPyConnection) -> timedelta:
    """Return how far the machine is behind the newest time told; zero if it is not."""
    (told_at,) = connection.execute("select told_at from ops.clock").fetchall()[0]
    return max(told_at - machine_time(), timedelta())
