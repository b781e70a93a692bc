"""A failed step says what our code said, not what Dagster wraps it in."""

import dagster as dg
import pytest

from orchestration.operation.step_errors import cause_of, sentence_of
from orchestration.releases.publish import PublishError


def failure_of(error: Exception) -> dg.DagsterEvent:
    @dg.asset
    def broken():
        raise error

    result = dg.materialize([broken], raise_on_error=False)
    return next(event for event in result.all_events if event.is_step_failure)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PublishError("Build what is missing."), "Build what is missing."),
        (ZeroDivisionError("by nought"), "ZeroDivisionError: by nought"),
        (PublishError(""), "orchestration.releases.publish.PublishError"),
    ],
    ids=["ours", "of another", "without words"],
)
def test_a_failure_is_told_in_the_words_of_its_cause(error, said):
    cause = cause_of(failure_of(error))
    assert cause.cls_name == type(error).__name__
    assert sentence_of(cause).rstrip(": ") == said


def test_an_error_nobody_kept_is_still_told():
    assert sentence_of(None) == "failed"
