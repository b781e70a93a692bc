"""Run the contests and write docs/benchmarks: `python -m benchmarks.run --help`."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks import sections
from benchmarks.contest import contests, measure
from benchmarks.page import write_page
from orchestration.warehouse import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs/benchmarks"
RESULTS = FOLDER / "results.json"
SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    """Measure each contest at each size, keep the figures, and write the page."""
    known = contests()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run",
        description="Do the same work as others would, in turns, and write "
        "docs/benchmarks. What is not measured again stays as it was.",
    )
    parser.add_argument("contest", nargs="*", choices=[*known, []], metavar="CONTEST")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--turns", type=int, default=3, help="how often each way goes")
    given = parser.parse_args()
    for name in given.contest or known:
        for size in given.sizes:
            print(f"{name}, {size:,} {known[name].unit} …", flush=True)
            found = [
                asdict(way) for way in measure(name, known[name], size, given.turns)
            ]
            _keep(name, size, found)
            for way in found:
                seconds = min(way["cpu_seconds"])
                print(f"    {seconds:9.3f} CPU-s  {way['way']}", flush=True)
    write(FOLDER)
    print(f"Written: {FOLDER / 'index.md'}")


def write(folder: Path) -> None:
    """Write the page and its plots of all figures that are kept."""
    rows = json.loads(RESULTS.read_text("utf-8"))
    write_page(contests(), rows, folder, [sections.identity(), sections.growth()])


def _keep(name: str, size: int, found: Sequence[dict[str, object]]) -> None:
    """Put figures in the place of the old ones, so that nothing is lost on a stop."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    machine = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
    }
    rows = [row for row in kept if (row["contest"], row["size"]) != (name, size)]
    rows += [{**row, **machine} for row in found]
    rows.sort(key=lambda row: (row["contest"], row["size"]))
    draft = RESULTS.with_suffix(".tmp")
    draft.write_text(
        "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n", encoding="utf-8"
    )
    draft.replace(RESULTS)


if __name__ == "__main__":
    main()
