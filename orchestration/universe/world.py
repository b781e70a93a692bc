"""The parameters of a sample world, and how it is divided.

Belongs here: what a world is (size, span, seed), the window of time that one drop of
files covers, and the chunks of people that are generated one after the other so that
memory does not grow with the world. Does not belong here: anything about a system.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

CHUNK_SIZE = 20_000
"""People per chunk: a multiple of the household block, small enough for 1 GB."""

FUTURE_DAYS = 90
"""How far the world is simulated past its end: the days that `--day` can write."""


FEWEST_CUSTOMERS = 10
"""With fewer, some system has nobody to tell of."""


class UniverseError(ValueError):
    """A world was asked for that cannot be written; the message says why."""


@dataclass(frozen=True)
class World:
    """Size, span and seed; two equal worlds give the same bytes."""

    customers: int
    days: int
    seed: int
    end_date: date

    def __post_init__(self) -> None:
        if self.customers < FEWEST_CUSTOMERS:
            raise UniverseError(f"A world needs at least {FEWEST_CUSTOMERS} customers.")
        if self.days < 1:
            raise UniverseError("A world needs at least one day of history.")

    @property
    def start(self) -> datetime:
        """First moment of the history (UTC, naive)."""
        return self.end - timedelta(days=self.days)

    @property
    def end(self) -> datetime:
        """First moment after the last day of the history (UTC, naive)."""
        return datetime.combine(self.end_date, time()) + timedelta(days=1)

    @property
    def newcomers_per_day(self) -> int:
        """People who appear on each day after the end."""
        return max(1, self.customers // 500)

    def record(self) -> dict[str, int | str]:
        """What `truth/universe.json` keeps, to recognise the world again."""
        return asdict(self) | {"end_date": self.end_date.isoformat()}

    def rng(self, stream: str, chunk: int) -> np.random.Generator:
        """Return the random stream of one purpose in one chunk."""
        return np.random.default_rng([self.seed, chunk, *stream.encode()])

    def chunks(self, day: int | None) -> Iterator[Chunk]:
        """Yield the chunks of a drop; newcomers take part only in later days."""
        people = self.customers
        if day is not None:
            people += FUTURE_DAYS * self.newcomers_per_day
        bounds = [
            (begin, min(begin + CHUNK_SIZE, last))
            for first, last in ((0, self.customers), (self.customers, people))
            for begin in range(first, last, CHUNK_SIZE)
        ]
        for number, (first, last) in enumerate(bounds):
            yield Chunk(number, first, last)


@dataclass(frozen=True)
class Chunk:
    """A range of people, `first` included and `last` not."""

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class Drop:
    """One delivery of files: everything that became known in [since, until)."""

    world: World
    day: int | None

    def __post_init__(self) -> None:
        if self.day is not None and not 1 <= self.day <= FUTURE_DAYS:
            raise UniverseError(
                f"--day {self.day} is outside 1 to {FUTURE_DAYS}: the world is "
                f"simulated for {FUTURE_DAYS} days after its end."
            )

    @property
    def dropped_on(self) -> date:
        """The date in the names of the files."""
        return self.world.end_date + timedelta(days=self.day or 0)

    @property
    def until(self) -> datetime:
        """First moment that this drop does not know yet."""
        return self.world.end + timedelta(days=self.day or 0)

    @property
    def since(self) -> datetime:
        """First moment that earlier drops did not know."""
        if self.day is None:
            return datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        return self.until - timedelta(days=1)
