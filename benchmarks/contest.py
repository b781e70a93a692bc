"""The same work done by us and by what one would use instead, measured in turns.

Belongs here: running the ways of a contest, each in a process of its own, and what they
took. Does not belong here: the work (contests/), and how it is told (page.py).
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OURS = "customer360"
MODULES = ("loading", "stitching", "marts", "gates", "publishing", "searching")


@dataclass(frozen=True)
class Way:
    """One way to do the work.

    Attributes:
        ready: gets the folder of inputs and an empty one, and returns the work, which
            gives its answer as text. What it does before is not measured.
        largest: the largest size that anybody would wait for.
        missing: what is not installed, if the way cannot be gone here.
    """

    ready: Callable[[Path, Path], Callable[[], str]]
    largest: int | None = None
    missing: str | None = None


@dataclass(frozen=True)
class Contest:
    """Work to be done, and the ways to do it.

    Attributes:
        title: what is done, in the words of a user.
        unit: what a size counts.
        prepare: makes the inputs of a size in a folder.
        ways: by name; `OURS` is one of them.
        is_same_answer: whether all ways must give the same answer.
        note: what a reader should know.
    """

    title: str
    unit: str
    prepare: Callable[[int, Path], None]
    ways: Mapping[str, Way]
    note: str
    is_same_answer: bool = True


@dataclass(frozen=True)
class Measured:
    """What each turn of one way took at one size: CPU and wall seconds, peak memory."""

    contest: str
    size: int
    way: str
    cpu_seconds: list[float]
    wall_seconds: list[float]
    peak_mb: list[int]
    answer: str


def contests() -> dict[str, Contest]:
    """Return all contests by their names, which begin with the name of a module."""
    return {
        name: contest
        for module in MODULES
        for name, contest in _contests_of(module).items()
    }


def measure(name: str, contest: Contest, size: int, turns: int) -> list[Measured]:
    """Let every way do the work `turns` times, one after the other in each turn.

    Raises:
        RuntimeError: a way failed, or the answers differ where they must not.
    """
    ways = {
        way: how
        for way, how in contest.ways.items()
        if not how.missing and size <= (how.largest or size)
    }
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as inputs:
        contest.prepare(size, Path(inputs))
        for _ in range(turns):
            for way in ways:
                found[way].append(_in_process(name, way, inputs))
    answers = {way: {str(turn["answer"]) for turn in found[way]} for way in ways}
    if contest.is_same_answer and len(set.union(*answers.values())) > 1:
        raise RuntimeError(f"{name}, {size:,}: the answers differ: {answers}")
    return [
        Measured(
            name,
            size,
            way,
            [turn["cpu_seconds"] for turn in found[way]],
            [turn["wall_seconds"] for turn in found[way]],
            [turn["peak_mb"] for turn in found[way]],
            sorted(answers[way])[0],
        )
        for way in ways
    ]


def _contests_of(module: str) -> dict[str, Contest]:
    return importlib.import_module(f"benchmarks.contests.{module}").CONTESTS


def _in_process(name: str, way: str, inputs: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.contest", name, way, inputs],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name}, {way}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _processor_seconds() -> float:
    """Return the CPU seconds until now, those of child processes too."""
    # Not os.times(), which counts in hundredths.
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Go one way once, and print what it took as JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("contest")
    parser.add_argument("way")
    parser.add_argument("inputs", type=Path)
    given = parser.parse_args()
    module = given.contest.partition("_")[0]
    way = _contests_of(module)[given.contest].ways[given.way]
    with tempfile.TemporaryDirectory() as scratch:
        work = way.ready(given.inputs, Path(scratch))
        cpu, started = _processor_seconds(), time.perf_counter()
        answer = work()
        figures = {
            "cpu_seconds": round(_processor_seconds() - cpu, 4),
            "wall_seconds": round(time.perf_counter() - started, 4),
            "peak_mb": max(
                resource.getrusage(who).ru_maxrss // 1024
                for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
            ),
        }
    print(json.dumps({**figures, "answer": answer}))


if __name__ == "__main__":
    main()
