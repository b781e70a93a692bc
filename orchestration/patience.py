"""When to ask an HTTP interface again, and how long to wait before.

Belongs here: what fetching and exporting share. Does not belong here: what is asked.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable
from datetime import UTC, datetime


class TransientError(Exception):
    """Trying again may help.

    `wait` is for how many seconds the interface asks, None if it says nothing of it.
    """

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


def patience(longest_wait: float) -> Callable[[Exception], bool | float]:
    """Return what says whether, or after how many seconds, to try again.

    Args:
        longest_wait: seconds; an interface that asks for more is not asked again.
    """

    def wait(error: Exception) -> bool | float:
        if not isinstance(error, TransientError):
            return False
        if error.wait is None:
            return True
        return error.wait if error.wait <= longest_wait else False

    return wait


def seconds_to_wait(retry_after: str | None) -> float | None:
    """Return for how long a Retry-After header asks; it is a number or a date."""
    if retry_after is None:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", retry_after.strip()):
        return float(retry_after)
    try:
        when = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
