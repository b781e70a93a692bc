"""The one entry: write a sample world, or one more day of it, into a data directory."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.universe import dirt
from orchestration.universe.chunks import write_chunk
from orchestration.universe.landing import Landing
from orchestration.universe.truth import merge_truth_parts
from orchestration.universe.world import (
    CHUNK_SIZE,
    Chunk,
    Drop,
    UniverseError,
    World,
)

DEFAULT_END = date(2026, 6, 30)


@dataclass(frozen=True)
class UniverseSummary:
    """What one call wrote.

    Attributes:
        files: number of landing files.
        rows: rows written per `<system>/<table>`, damaged ones included.
        size: bytes of all landing files of this drop.
        people: people there are by the end of the drop.
        records: source records whose person is known (rows of the truth).
    """

    files: int
    rows: dict[str, int]
    size: int
    people: int
    records: int

    def __str__(self) -> str:
        return (
            f"{self.files:,} files with {sum(self.rows.values()):,} rows "
            f"({self.size / 1e6:,.0f} MB), {self.records:,} source records of "
            f"{self.people:,} people"
        )


def write_universe(
    out: Path,
    customers: int = 5000,
    days: int = 365,
    seed: int = 360,
    end_date: date = DEFAULT_END,
    day: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> UniverseSummary:
    """Write the landing files of all systems, and the truth behind them.

    Args:
        out: the data directory; `landing/` and `truth/` are made in it.
        customers: people at the end of the history.
        days: days of history, the last of which is `end_date`.
        seed: two calls with equal arguments write equal bytes.
        end_date: last day of the history (UTC).
        day: write only what became known on this day after `end_date` (1, 2, …).
        progress: called with a line that says how far it is, after every chunk.

    Raises:
        UniverseError: the folder holds something else, or a day comes out of order.
    """
    world = World(customers, days, seed, end_date)
    drop = Drop(world, day)
    truth = out / "truth"
    _check_place(out, world, day)
    drafts = truth / "drafts.tmp"
    shutil.rmtree(drafts, ignore_errors=True)
    (drafts / "parts").mkdir(parents=True)

    chunks = list(world.chunks(day))
    total = chunks[-1].last
    written: list[Landing] = []
    done = 0
    for chunk, landing in _write_all(drafts, drop, chunks):
        written.append(landing)
        done += chunk.last - chunk.first
        if progress:
            progress(f"{done:,} of {total:,} people")
    resent = _resend(drafts, drop)
    if day is None:
        _write_record(truth, world, days_written=None)
    counts = merge_truth_parts(drafts / "parts", truth)
    files = _land(drafts / "landing", out / "landing")
    shutil.rmtree(drafts)
    planted = {
        path: kinds for files in written for path, kinds in files.planted.items()
    }
    if day is None:
        _write_json(truth / "expected_dirt.json", _expected_dirt(planted, resent))
    _write_record(truth, world, days_written=day or 0)

    rows = sum((Counter(files.rows) for files in written), Counter())
    size = sum(path.stat().st_size for path in files)
    return UniverseSummary(
        files=len(files),
        rows=dict(sorted(rows.items())),
        size=size,
        people=counts["people"],
        records=counts["person_records"],
    )


def _write_all(
    drafts: Path, drop: Drop, chunks: list[Chunk]
) -> Iterator[tuple[Chunk, Landing]]:
    """Write the chunks, on every core when there is enough to do."""
    write = functools.partial(write_chunk, drafts, drop)
    if chunks[-1].last <= CHUNK_SIZE:
        yield from zip(chunks, map(write, chunks), strict=True)
        return
    # Spawned, since a forked copy of DuckDB's threads would hang.
    context = multiprocessing.get_context("spawn")
    workers = min(len(chunks), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        # A terminal sends Ctrl-C to all processes, and one of them answers: the others
        # are born with it blocked.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        landings = pool.map(write, chunks)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        yield from zip(chunks, landings, strict=True)


def _land(drafts: Path, landing: Path) -> list[Path]:
    """Put every file where a run looks, whole worlds only; return them in order."""
    landed = []
    for draft in sorted(path for path in drafts.rglob("*") if path.is_file()):
        path = landing / draft.relative_to(drafts)
        path.parent.mkdir(parents=True, exist_ok=True)
        landed.append(draft.replace(path))
    return landed


def _check_place(out: Path, world: World, day: int | None) -> None:
    record = out / "truth" / "universe.json"
    known = json.loads(record.read_text()) if record.exists() else None
    written = known.pop("days_written") if known else None
    if known and known != world.record():
        raise UniverseError(
            f"{out} holds another world ({_words(known)}). "
            "Choose another folder, or ask for that world."
        )
    if day is None:
        landing = out / "landing"
        if known is None and landing.exists() and any(landing.iterdir()):
            raise UniverseError(
                f"{landing} holds files that are not of a sample world. "
                "Choose an empty folder."
            )
        if written:
            raise UniverseError(
                f"{out} holds this world with {written} later day(s), which writing "
                "its history again would leave without truth. Choose an empty folder."
            )
    elif written is None:
        raise UniverseError(
            f"--day {day} adds to a world, and {out} holds no whole one. "
            "Write it first, without --day."
        )
    elif day > written + 1 or day < written:
        raise UniverseError(
            f"{out} holds the world up to day {written}; the next is --day "
            f"{written + 1}, not {day}."
        )


def _resend(drafts: Path, drop: Drop) -> list[str]:
    """Deliver one file a second time under another name, as people do."""
    if drop.day is not None:
        return []
    folder = drafts / "landing" / "consent" / "statements"
    first = min(folder.glob(f"{drop.dropped_on}*.csv"))
    again = folder / f"{drop.dropped_on}_resent.csv"
    shutil.copyfile(first, again)
    return [str(again.relative_to(drafts / "landing"))]


def _expected_dirt(
    planted: dict[str, dict[str, int]], resent: list[str]
) -> dict[str, object]:
    return {
        "files": {
            path: {
                "planted": kinds,
                "quarantined_at_load": dirt.refused_at_load(kinds),
                "quarantined_at_cast": dirt.refused_at_cast(kinds),
            }
            for path, kinds in sorted(planted.items())
        },
        "resent_files": resent,
    }


def _write_record(truth: Path, world: World, days_written: int | None) -> None:
    """Keep what identifies the world, and its last day: None while it is written."""
    record = world.record() | {"days_written": days_written}
    _write_json(truth / "universe.json", record)


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    partial = path.with_name(path.name + ".tmp")
    partial.write_text(json.dumps(content, indent=2) + "\n")
    partial.rename(path)


def _words(record: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in record.items())
