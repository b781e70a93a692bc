"""What made a step of Dagster fail, without the errors that wrap it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg
    from dagster._utils.error import SerializableErrorInfo

_CLOSED_GATE = ("DagsterAssetCheckFailedError", "ClosedGateError")
_WRAPPERS = ("DagsterExecutionStepExecutionError", "DagsterExecutionLoadInputError")


def cause_of(event: dg.DagsterEvent) -> SerializableErrorInfo | None:
    """Return the error that our code raised in a step that failed, if any was kept."""
    error = event.step_failure_data.error
    while error and error.cause and error.cls_name in _WRAPPERS:
        error = error.cause
    return error


def sentence_of(error: SerializableErrorInfo | None) -> str:
    """Return what an error says, without the module where an error of ours lives."""
    if error is None:
        return "failed"
    said = error.message.strip()
    kind, colon, sentence = said.partition(": ")
    is_ours = colon and kind.startswith("orchestration.")
    return sentence if is_ours and sentence else said


def is_closed_gate(kind: str | None) -> bool:
    """Tell whether an error of that class says that a gate is closed, and no more."""
    return kind in _CLOSED_GATE
