"""When the pipeline runs by the clock, and the one job that is the pipeline."""

import dagster as dg

from orchestration.operation.dead_runs import watched_in_process_executor

refresh_job = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description=(
        "Loads new landing files and brings everything that they reach up to date, "
        "through all four gates, to a published release."
    ),
    executor_def=watched_in_process_executor,
    tags={"dagster/max_runtime": str(6 * 3600)},
)

daily_schedule = dg.ScheduleDefinition(
    name="daily_refresh",
    job=refresh_job,
    cron_schedule="0 3 * * *",
    execution_timezone="UTC",
    description="Every night at 03:00 UTC. Off until somebody switches it on.",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)
