"""Retention as a Dagster job, for the schedule and the UI."""

from datetime import UTC, datetime

import dagster as dg

from orchestration import project
from orchestration.ingestion.retention import Removal, apply_retention
from orchestration.ingestion.sources import source_tables
from orchestration.kept.state import save_ledger
from orchestration.operation.dead_runs import watched_in_process_executor
from orchestration.operation.retries import another_try_if_locked
from orchestration.privacy.ages import Aged, declared_limits, remove_aged
from orchestration.privacy.erasure.journal import refuse_if_pending
from orchestration.warehouse import DataDir, connect


def remove_what_is_too_old(
    data: DataDir, *, dry_run: bool = False
) -> tuple[list[Removal], list[Aged]]:
    """Apply every table's retention and that of all else now, and mirror the ledger.

    Raises:
        AccessLogError: the access log is not as it was written.
        RetentionError: dbt_project.yml says something that cannot be followed.
        UnfinishedErasureError: an erasure was cut short and comes first.
        FileNotFoundError: there is no warehouse yet.
        WarehouseLockedError: another process writes to the warehouse.
        SourceDeclarationError: a source is declared in a way that cannot be loaded.
    """
    warehouse = data.built_warehouse()
    refuse_if_pending(data)
    limits = declared_limits()
    sources = source_tables(project.manifest())
    now = datetime.now(UTC)
    with connect(warehouse) as connection:
        removals = apply_retention(connection, sources, data, now, dry_run=dry_run)
        if not dry_run:
            save_ledger(connection, data)
        aged = remove_aged(data, limits, now, dry_run=dry_run)
    return removals, aged


@dg.op(pool="duckdb_writer")
def remove_old_rows(context: dg.OpExecutionContext) -> None:
    """Remove what is older than it is kept."""
    with another_try_if_locked():
        removals, aged = remove_what_is_too_old(DataDir.from_env())
    for removal in removals:
        context.log.info(
            "%s: %d rows of %d files are older than %d days and were removed",
            removal.source,
            removal.rows,
            removal.files,
            removal.retention_days,
        )
    for found in aged:
        context.log.info(
            "%s: %d items are older than %d days and were removed",
            found.place,
            found.items,
            found.days,
        )


@dg.job(
    name="retention",
    description="Removes raw rows, and all else, older than `retention_days` says.",
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
