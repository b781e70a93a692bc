"""One run of the pipeline from a terminal: the same Dagster job that the UI runs."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from uuid import uuid4

import dagster as dg

from orchestration.ingestion.landing import unread_folders
from orchestration.ingestion.sources import source_tables
from orchestration.operation.alert_channels import send, told_if_it_fails
from orchestration.operation.alerts import ORIGIN_TAG, TERMINAL, alert_of_run
from orchestration.operation.dead_runs import bury_dead_runs, hold_while_alive
from orchestration.operation.instance import dagster_instance
from orchestration.operation.step_errors import cause_of, is_closed_gate, sentence_of
from orchestration.project import manifest
from orchestration.warehouse import DataDir, connect


class MachineError(RuntimeError):
    """The machine failed the run, and not its data or code; the message says how."""


# What the machine says, and what a person can do about it.
_REMEDIES = {
    "No space left on device": "The disk is full: free some space, then c360 run",
    "disk is full": "The disk is full: free some space, then c360 run",
    "disk I/O error": "The disk is full or broken: see to it, then c360 run",
    "Disk quota exceeded": "The disk is full: free some space, then c360 run",
    "File too large": "The limit for files is reached: raise it, then c360 run",
    "Corrupt database file": "The warehouse is damaged: mend it with c360 rebuild",
}


@dataclass
class RunOutcome:
    """How a run ended.

    Attributes:
        run_id: Dagster's id of the run; names the release, if one was published.
        success: whether every step and every blocking check passed.
        seconds: wall time by step, in the order in which the steps ran.
        failures: one sentence for each step that failed.
        unfetched: one sentence for each table whose source could not be read; the run
            went on with what landed before.
        unread: folders under landing/ that hold files and that no source declares.
    """

    run_id: str
    success: bool
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    unfetched: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def has_reached(self, step: str) -> bool:
        """Tell whether a step began, however it ended."""
        failed = any(failure.startswith(f"{step}: ") for failure in self.failures)
        return failed or step in self.seconds

    @property
    def total_seconds(self) -> float:
        """Wall time of all steps together."""
        return sum(self.seconds.values())


def refuse_without_files(data: DataDir) -> None:
    """See that there is something to run on: files, or a source to fetch them from.

    Raises:
        FileNotFoundError: nothing ever landed, and no variable names a source.
    """
    if data.warehouse.exists() or any(data.landing.glob("*/*/*")):
        return
    origins = (source.origin for source in source_tables(manifest()))
    if any(origin and os.environ.get(origin.switch) for origin in origins):
        return
    raise FileNotFoundError(
        f"There are no files under {data.landing}. Put exports there, as "
        "<system>/<table>/<day>.csv, or make a sample world with: c360 universe "
        "(C360_DATA_DIR says where the data is)"
    )


@told_if_it_fails()
def refresh(data: DataDir) -> RunOutcome:
    """Run the whole pipeline in this process; it appears in the Dagster UI as well.

    Raises:
        WarehouseLockedError: another process writes to the warehouse.
        WarehouseDamagedError: the warehouse is no database any more.
        UnfinishedErasureError: an erasure was cut short and comes first.
        ProjectError: the target is not one that runs build.
        SparkMissingError: Spark is to build the models and cannot be run here.
        MachineError: the disk is full, even for Dagster's log of the run.
    """
    for noisy in ("dagster", "great_expectations", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)

    from orchestration.ingestion.assets import FETCHED
    from orchestration.privacy.erasure.journal import refuse_if_pending
    from orchestration.project import ProjectError, target

    if target() == "dev":
        raise ProjectError(
            "C360_TARGET is dev, the copy that `c360 dev` makes for whoever edits "
            "models with dbt. A run takes prod. Run: unset C360_TARGET"
        )
    refuse_if_pending(data)
    try:
        # The warehouse stays open between the steps: opening it anew costs each of
        # them, and in the gap between two another process could take it. Nor do two
        # runs parse the project at once.
        with connect(data.warehouse), dagster_instance(data) as instance:
            from orchestration.definitions import defs

            bury_dead_runs(instance)
            run_id = str(uuid4())
            hold_while_alive(instance, run_id)
            result = defs.resolve_job_def("refresh").execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_id=run_id,
                tags={ORIGIN_TAG: TERMINAL},
                run_config={
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}
                },
            )
            send(alert_of_run(instance, result.run_id, success=result.success))
    except Exception as error:
        remedy = _remedy(str(error))
        if remedy is None:
            raise
        raise MachineError(f"The run stopped. {remedy}") from error
    outcome = RunOutcome(result.run_id, result.success)
    outcome.unfetched = [
        check.description or check.asset_key.to_user_string()
        for check in result.get_asset_check_evaluations()
        if check.check_name == FETCHED and not check.passed
    ]
    folders = [source.landing_folder for source in source_tables(manifest())]
    outcome.unread = unread_folders(data.landing, folders)
    skipped = [
        str(event.step_key) for event in result.all_events if event.is_step_skipped
    ]
    if skipped:
        outcome.success = False
        outcome.failures.append(f"These steps did not run: {', '.join(skipped)}")
    for event in result.all_events:
        if event.is_step_success and event.step_key:
            outcome.seconds[event.step_key] = event.step_success_data.duration_ms / 1000
        elif event.is_step_failure:
            outcome.failures.append(_sentence(event))
    return outcome


def _sentence(event: dg.DagsterEvent) -> str:
    """Return what went wrong in a step, without the traceback."""
    error = cause_of(event)
    if error and is_closed_gate(error.cls_name):
        return f"{event.step_key}: the gate is closed; c360 status says by what."
    said = sentence_of(error)
    remedy = _remedy(said)
    return f"{event.step_key}: {said}" + (f"\n{remedy}" if remedy else "")


def _remedy(message: str) -> str | None:
    """Return what to do about an error of the machine; None if it is another's."""
    return next((do for sign, do in _REMEDIES.items() if sign in message), None)
