"""What becomes of a batch that the raw gate holds back: somebody decides.

Staging reads accepted batches only. A batch that failed waits; accepting it lets its
rows in as they are, rejecting it leaves them in raw, unread, for good.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass, fields
from datetime import datetime

import duckdb
from rich.console import Console

from orchestration.clock import moment
from orchestration.kept.state import save_ledger
from orchestration.warehouse import DataDir, connect
from orchestration.wording import counted

# Staging reads the newest accepted version of a file: a verdict on an older one would
# change nothing.
_REJECT_REPLACED = """
update ops.batches
set
    status = 'rejected',
    decided_at = $decided_at,
    decided_by = $decided_by,
    reason = 'its files were sent again, and what came last was accepted; it broke: '
        || coalesce(reason, '')
where
    status = 'waiting'
    and batch_id in (
        select files.batch_id
        from ops.ingested_files as files
        left join ops.accepted_files as accepted
            on
                files.source_system = accepted.source_system
                and files.source_table = accepted.source_table
                and files.path = accepted.path
        left join ops.ingested_files as later
            on
                accepted.source_system = later.source_system
                and accepted.source_table = later.source_table
                and accepted.path = later.path
                and accepted.batch_id = later.batch_id
        group by files.batch_id
        having bool_and(coalesce(later.file_version > files.file_version, false))
    )
"""


class BatchError(ValueError):
    """A batch does not exist, or cannot be decided on any more."""


@dataclass(frozen=True)
class Batch:
    """One load of files into one raw table."""

    batch_id: str
    source_system: str
    source_table: str
    status: str
    files: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    loaded_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None


def list_batches(*, every: bool = False) -> list[Batch]:
    """Return the batches that await a decision, or all of them, the newest first."""
    columns = ", ".join(field.name for field in fields(Batch))
    with connect(DataDir.from_env().built_warehouse()) as connection:
        rows = connection.execute(
            f"""
            select {columns}
            from ops.batches
            where ? or status in ('pending', 'waiting')
            order by loaded_at desc, batch_id
            """,
            [every],
        ).fetchall()
    return [Batch(*row) for row in rows]


def waiting_batches(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return a sentence for each batch that the raw gate holds back, and why."""
    rows = connection.execute(
        """
        select 'batch ' || batch_id || ' waits, as it breaks: ' || coalesce(reason, '')
        from ops.batches
        where status = 'waiting'
        order by loaded_at, batch_id
        """
    ).fetchall()
    return [sentence for (sentence,) in rows]


def reject_replaced(
    connection: duckdb.DuckDBPyConnection, *, at: datetime, by: str
) -> None:
    """Reject batches that wait although each of their files was sent again and passed.

    Args:
        connection: the warehouse.
        at: the time to be written down, UTC.
        by: who let in what replaces them.
    """
    connection.execute(_REJECT_REPLACED, {"decided_at": at, "decided_by": by})


def print_batches(console: Console, batches: list[Batch]) -> None:
    """Print batches, a paragraph each, and what to do about those that wait.

    Ids stand alone on their lines, so that no terminal cuts what is to be copied.
    """
    if not batches:
        console.print("[green]✓[/] No batch awaits a decision.")
        return
    for batch in batches:
        console.print(batch.batch_id, highlight=False, soft_wrap=True)
        console.print(
            f"    {batch.status}: {batch.source_system}.{batch.source_table}, "
            f"{counted(batch.rows_loaded, 'row')}, "
            f"{batch.rows_quarantined:,} in quarantine",
            highlight=False,
        )
        if batch.reason:
            console.print(f"    {batch.reason}", markup=False, highlight=False)
    if any(batch.status == "waiting" for batch in batches):
        console.print(
            "Decide with: c360 batch accept BATCH, or c360 batch reject BATCH "
            "(--reason keeps why). A mended file that is dropped under its name takes "
            "the place of a batch that waits, once it passes."
        )


def accept_batch(
    batch_id: str, *, by: str | None = None, reason: str | None = None
) -> None:
    """Let staging read a batch that waits, whatever the gate found.

    Args:
        batch_id: the batch.
        by: who decides; the user of this process by default.
        reason: why; by default what the gate found stays written.

    Raises:
        BatchError: there is no such batch, or it was decided on before.
    """
    _decide(batch_id, "accepted", by, reason)


def reject_batch(
    batch_id: str, *, by: str | None = None, reason: str | None = None
) -> None:
    """Keep a batch that waits out of staging for good; arguments as `accept_batch`.

    Raises:
        BatchError: there is no such batch, or it was decided on before.
    """
    _decide(batch_id, "rejected", by, reason)


def _decide(batch_id: str, status: str, by: str | None, reason: str | None) -> None:
    by = by or getpass.getuser()
    decision = {
        "batch_id": batch_id,
        "status": status,
        "by": by,
        "reason": (reason or "").strip() or None,
    }
    with connect(DataDir.from_env().built_warehouse()) as connection:
        now = moment(connection)
        decided = connection.execute(
            """
            update ops.batches
            set
                status = $status,
                decided_by = $by,
                decided_at = $at,
                reason = coalesce($reason, reason)
            where batch_id = $batch_id and status in ('pending', 'waiting')
            returning batch_id
            """,
            {**decision, "at": now},
        ).fetchall()
        if decided and status == "accepted":
            reject_replaced(connection, at=now, by=by)
        found = connection.execute(
            """
            select status, decided_by, source_system || '.' || source_table
            from ops.batches
            where batch_id = ?
            """,
            [batch_id],
        ).fetchall()
        if decided:
            save_ledger(connection, DataDir.from_env())
    if decided:
        return
    if not found:
        raise BatchError(f"There is no batch {batch_id}. See `c360 batch list --all`.")
    ((was, who, source),) = found
    raise BatchError(
        f"Batch {batch_id} was {was} already, by {who}, and that is final. To decide "
        f"anew, have its files read once more: c360 reload {source} --from DAY, then "
        "c360 run."
    )
