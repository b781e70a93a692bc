"""What is worth another try: a step that found the warehouse in other hands.

A command on the terminal or a reader may hold the file for a moment between two steps.
All else that fails would fail again: bad data, a closed gate, an error of the code. A
run whose process dies is started again by Dagster (`run_retries` in dagster.yaml).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.warehouse import WarehouseLockedError

MAX_RETRIES = 6
SECONDS_BETWEEN = 10
"""So a step waits for a minute in all; a command that holds the file takes less."""


@contextmanager
def another_try_if_locked() -> Iterator[None]:
    """Ask Dagster to run the step again in a while if the warehouse is locked."""
    try:
        yield
    except WarehouseLockedError as error:
        raise dg.RetryRequested(MAX_RETRIES, SECONDS_BETWEEN) from error
