"""Retention as a Dagster job, for the schedule and the UI."""

from datetime import UTC, datetime

import dagster as dg

from orchestration import project
from orchestration.ingestion.retention import Removal, apply_retention
from orchestration.ingestion.sources import source_tables
from orchestration.kept.state import save_ledger
from orchestration.operation.dead_runs import watched_in_process_executor
from orchestration.operation.retries import another_try_if_locked
from orchestration.warehouse import DataDir, connect


def remove_what_is_too_old(data: DataDir, *, dry_run: bool = False) -> list[Removal]:
    """Apply every table's retention now, and mirror the ledger.

    Raises:
        FileNotFoundError: there is no warehouse yet.
        WarehouseLockedError: another process writes to the warehouse.
        SourceDeclarationError: a source is declared in a way that cannot be loaded.
    """
    if not data.warehouse.exists():
        raise FileNotFoundError(f"There is no warehouse at {data.warehouse} yet.")
    sources = source_tables(project.manifest())
    with connect(data.warehouse) as connection:
        removals = apply_retention(
            connection, sources, data, datetime.now(UTC), dry_run=dry_run
        )
        if not dry_run:
            save_ledger(connection, data)
    return removals


@dg.op(pool="duckdb_writer")
def remove_old_rows(context: dg.OpExecutionContext) -> None:
    """Remove raw rows that are older than their table keeps them."""
    with another_try_if_locked():
        removals = remove_what_is_too_old(DataDir.from_env())
    for removal in removals:
        context.log.info(
            "%s: %d rows of %d files are older than %d days and were removed",
            removal.source,
            removal.rows,
            removal.files,
            removal.retention_days,
        )


@dg.job(
    name="retention",
    description="Removes raw rows that are older than `retention_days` of their table.",
    executor_def=watched_in_process_executor,
)
def retention_job() -> None:
    """Remove what is too old; the next refresh builds without it."""
    remove_old_rows()


retention_schedule = dg.ScheduleDefinition(
    name="weekly_retention",
    job=retention_job,
    cron_schedule="0 2 * * 0",
    execution_timezone="UTC",
    description="Every Sunday at 02:00 UTC. Off until somebody switches it on.",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)
