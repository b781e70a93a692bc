"""Runs whose process died: what they hold is let go, and they are shown as failed.

A run that is killed cannot tell Dagster. It stays "started", which keeps the queue of a
`max_concurrent_runs: 1` waiting, and keeps its slot of the writers' pool, for which the
next run would wait for ever. So the process of a run holds a lock on a file, which the
system lets go of however the process ends.

Belongs here: telling dead runs from living ones, to `c360 run` and to Dagster's daemon.
Does not belong here: starting a run again, which is Dagster's business (dagster.yaml).
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import dagster as dg
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.in_process import InProcessExecutor
from dagster._core.launcher import (
    CheckRunHealthResult,
    DefaultRunLauncher,
    WorkerStatus,
)

_held: dict[str, IO[bytes]] = {}


def hold_while_alive(instance: dg.DagsterInstance, run_id: str) -> None:
    """Have this process hold the lock of a run until its end."""
    if run_id not in _held:
        path = _lock_of(instance, run_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Under its name there is never a lock that nobody holds yet.
        draft = path.with_suffix(".tmp")
        _held[run_id] = draft.open("wb")
        fcntl.flock(_held[run_id], fcntl.LOCK_EX)
        draft.rename(path)


def is_dead(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Tell whether the process of a run that had begun is gone."""
    try:
        with _lock_of(instance, run_id).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return False
    return True


def bury_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Let go of what dead runs hold; return the ids of those now shown as failed.

    Call it with the warehouse in hand: whoever holds a slot of the writers' pool could
    not write if it were alive.
    """
    storage = instance.event_log_storage
    for key in storage.get_concurrency_keys():
        info = storage.get_concurrency_info(key)
        for run_id in info.active_run_ids | info.pending_run_ids:
            storage.free_concurrency_slots_for_run(run_id)
    in_progress = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    begun = instance.get_runs(dg.RunsFilter(statuses=in_progress))
    dead = [run for run in begun if is_dead(instance, run.run_id)]
    for run in dead:
        instance.report_run_failed(run, "The process of this run was killed.")
    _remove_locks_except(instance, {run.run_id for run in begun if run not in dead})
    return [run.run_id for run in dead]


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's own launcher, whose runs the daemon can see die.

    After a restart of the machine nobody else would: the code server that watched the
    process is gone as well.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Have the daemon ask."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Return whether the process of a run lives."""
        if is_dead(self._instance, run.run_id):
            return CheckRunHealthResult(WorkerStatus.FAILED, "its process was killed")
        return CheckRunHealthResult(WorkerStatus.RUNNING)


class _WatchedExecutor(InProcessExecutor):
    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[dg.DagsterEvent]:
        hold_while_alive(plan_context.instance, plan_context.run_id)
        yield from super().execute(plan_context, execution_plan)


@dg.executor(name="in_process")
def watched_in_process_executor(_context: dg.InitExecutorContext) -> InProcessExecutor:
    """All steps in one process, of which it can be seen that it lives."""
    return _WatchedExecutor(retries=RetryMode.ENABLED)


def _lock_of(instance: dg.DagsterInstance, run_id: str) -> Path:
    return Path(instance.root_directory) / "alive" / run_id


def _remove_locks_except(instance: dg.DagsterInstance, living: set[str]) -> None:
    for path in _lock_of(instance, "any").parent.glob("*"):
        if path.name not in living | _held.keys() and path.suffix != ".tmp":
            path.unlink(missing_ok=True)
