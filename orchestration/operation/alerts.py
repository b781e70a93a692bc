"""What a person on duty is told of a run, without being asked: at most one alert a run.

An alert is made from the event log of the run, so that the UI, the schedule and
`c360 run` say the same. It names steps, tables, rules and counts; never a value or the
words of an error, in which a value may stand. So no personal data leaves by it.

Belongs here: what is worth an alert and what it says. Does not belong here: how it is
sent (`alert_channels.py`).
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.ingestion.assets import FETCHED
from orchestration.operation.step_errors import cause_of, is_closed_gate
from orchestration.wording import counted

RUNBOOK = "docs/operations.md"
TERMINAL = "terminal"
ORIGIN_TAG = "c360/origin"
"""On runs of `c360 run`, which tells its own alerts."""


@dataclass(frozen=True)
class Alert:
    """One message to whoever is on duty.

    Attributes:
        kind: `run_failed`, `gate_closed`, `held_back` or `test`.
        title: one line that says what happened.
        details: a line each for what is concerned.
        mend: the command to begin with.
        run_id: Dagster's id of the run, if there was one.
        url: where the run is to be seen, if C360_DAGSTER_URL is set.
    """

    kind: str
    title: str
    mend: str
    details: list[str] = field(default_factory=list)
    run_id: str | None = None
    at: str = field(default_factory=lambda: f"{datetime.now(UTC):%FT%TZ}")

    @property
    def url(self) -> str | None:
        """Return the page of the run in the Dagster UI."""
        base = os.environ.get("C360_DAGSTER_URL", "").rstrip("/")
        return f"{base}/runs/{self.run_id}" if base and self.run_id else None

    @property
    def text(self) -> str:
        """Return the alert as plain text, the title left out."""
        lines = [*(f"- {line}" for line in self.details), f"Begin with: {self.mend}"]
        lines += [f"Run: {self.url or self.run_id}"] if self.run_id else []
        return "\n".join([*lines, f"What it means: {RUNBOOK}"])

    def as_json(self) -> dict[str, Any]:
        """Return the alert for a webhook; chats show `text`."""
        return {
            **asdict(self),
            "url": self.url,
            "text": f"{self.title}\n{self.text}",
        }


def alert_of_run(
    instance: dg.DagsterInstance, run_id: str, *, success: bool
) -> Alert | None:
    """Return what there is to tell of a run that ended; None if nothing is."""
    kinds = {
        dg.DagsterEventType.STEP_FAILURE,
        dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    }
    events = [
        entry.dagster_event
        for entry in instance.all_logs(run_id, of_type=kinds)
        if entry.dagster_event
    ]
    failed = [_failed_step(event) for event in events if event.is_step_failure]
    checks = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    closing = [c for c in checks if _closes(c)]
    held = [c for c in checks if _holds_a_batch(c) and not _closes(c)]
    unread = [c for c in checks if c.check_name == FETCHED and not c.passed]
    broken = [step for step, error in failed if not is_closed_gate(error)]
    details = [
        *(
            f"step {step}: {error}"
            for step, error in failed
            if not is_closed_gate(error)
        ),
        *(f"{_table(c)}: {_findings(c)}" for c in closing),
        *(f"a batch of {_table(c)} waits: {_findings(c)}" for c in held),
        *(f"{_table(c)} could not be fetched" for c in unread),
    ]
    if closing and not broken:
        gates = ", ".join(sorted({c.check_name.removeprefix("gate_") for c in closing}))
        return Alert(
            "gate_closed",
            f"Customer 360: the gate {gates} is closed; nothing was published",
            "c360 status",
            details,
            run_id,
        )
    if not success:
        what = f"in {', '.join(broken)}" if broken else "before it came to an end"
        title = f"Customer 360: a run failed {what}; nothing was published"
        return Alert("run_failed", title, "c360 status", details, run_id)
    if details:
        mend = "c360 batch list" if held else "c360 doctor"
        held_back = counted(len(details), "table was", "tables were")
        title = f"Customer 360: published, but {held_back} held back"
        return Alert("held_back", title, mend, details, run_id)
    return None


def _failed_step(event: dg.DagsterEvent) -> tuple[str, str]:
    """Return a step and the kind of error that made it fail, unwrapped."""
    error = cause_of(event)
    return str(event.step_key), (error.cls_name if error else None) or "failed"


def _closes(check: dg.AssetCheckEvaluation) -> bool:
    is_error = check.severity == dg.AssetCheckSeverity.ERROR
    return not check.passed and is_error and check.check_name.startswith("gate_")


def _holds_a_batch(check: dg.AssetCheckEvaluation) -> bool:
    """Tell whether the raw gate left a batch waiting in this run."""
    told = {name: value.value for name, value in check.metadata.items()}
    return bool(
        check.check_name == "gate_raw"
        and told.get("holds_back")
        and told.get("judged") == "now"
    )


def _table(check: dg.AssetCheckEvaluation) -> str:
    return ".".join(check.asset_key.path)


def _findings(check: dg.AssetCheckEvaluation) -> str:
    failed, rows = (check.metadata.get(name) for name in ("failed", "rows_failed"))
    count = f" ({rows.value:,} rows)" if rows and rows.value else ""
    return f"{failed.value if failed else 'failed'}{count}"
