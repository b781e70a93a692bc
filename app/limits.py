"""How many requests somebody may make: a bucket of tokens each, refilled steadily."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Bucket:
    left: float
    filled_at: float


class RateLimit:
    """Lets each holder make `per_second` requests a second, `burst` of them at once."""

    def __init__(
        self,
        per_second: float,
        burst: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._now = now
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def wait_for(self, holder: str) -> float:
        """Take one request of a holder; return 0, or the seconds to wait instead."""
        with self._lock:
            now = self._now()
            bucket = self._buckets.setdefault(holder, _Bucket(self._burst, now))
            refill = (now - bucket.filled_at) * self._per_second
            bucket.left = min(self._burst, bucket.left + refill)
            bucket.filled_at = now
            if bucket.left < 1:
                return (1 - bucket.left) / self._per_second
            bucket.left -= 1
            return 0.0
