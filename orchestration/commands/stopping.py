"""Ctrl-C and `kill` end a long command at once, with a word on how it goes on.

The work is done in a thread of its own, so that this one hears the signal: in the midst
of work dbt, Great Expectations or DuckDB would take it for an error of what they do.
The process then ends where it stands, like one that is killed, which every step of a
run and of an erasure bears (tests/pipeline/test_faults.py).
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from orchestration.commands.terminal import console, errors

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def until_stopped(work: Callable[[], T], goes_on: str) -> T:
    """Return what the work returns; end the process if it is told to stop.

    The exit code is then 128 and the number of the signal, as a shell has it.

    Args:
        work: what to do; it may be cut off anywhere.
        goes_on: a sentence that says what was kept and how to go on.
    """

    def stop(number: int, _frame: object) -> None:
        for other in _SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        console.show_cursor()
        errors.print(f"\n[red]✗[/] Stopped. {goes_on}", highlight=False, soft_wrap=True)
        for child in multiprocessing.active_children():
            child.terminate()
        # Else what watches the semaphores of dbt complains that nobody let go of them.
        multiprocessing.util._exit_function()  # type: ignore[attr-defined]
        os._exit(128 + number)

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        with ThreadPoolExecutor(1, "work") as worker:
            return worker.submit(work).result()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
