"""Runs whose process died: what they hold is let go, and they are shown as failed.

A run that is killed cannot tell Dagster. It stays "started", which keeps the queue of a
`max_concurrent_runs: 1` waiting, and keeps its slot of the writers' pool, for which the
next run would wait for ever.
"""

from __future__ import annotations

import dagster as dg

HOLDS_WAREHOUSE = {"c360/holds": "warehouse"}
"""Tag of runs that keep the warehouse from their start to their end."""


def bury_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Let go of what dead runs hold; return the ids of those now shown as failed.

    Call it with the warehouse in hand: no other run that is tagged can be alive then,
    and whoever holds a slot of the writers' pool could not write if it were.
    """
    storage = instance.event_log_storage
    for key in storage.get_concurrency_keys():
        info = storage.get_concurrency_info(key)
        for run_id in info.active_run_ids | info.pending_run_ids:
            storage.free_concurrency_slots_for_run(run_id)
    in_progress = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    dead = instance.get_runs(
        dg.RunsFilter(statuses=in_progress, tags={**HOLDS_WAREHOUSE})
    )
    for run in dead:
        instance.report_run_failed(run, "The process of this run was killed.")
    return [run.run_id for run in dead]
