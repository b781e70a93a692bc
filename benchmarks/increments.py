"""What a day costs beside a first build: CPU-seconds by layer, at several sizes.

python -m benchmarks.increments --customers 3000 10000

One thread, without gates, scores and publishing. `--write` keeps what is printed in
benchmarks/increments.md.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

GOAL = 0.1
KEPT = Path(__file__).with_suffix(".md")
LAYERS = ("raw", "staging", "core", "identity", "features", "marts")


def measure(customers: int, root: Path) -> tuple[Counter[str], Counter[str]]:
    """Build a world of so many people, and again when a day more has come in.

    Returns:
        The CPU-seconds of each layer, of the first build and of the day.

    Raises:
        SystemExit: if dbt could not build something; with its words.
    """
    os.environ |= {"C360_TARGET": "dev", "C360_DATA_DIR": str(root)}
    from orchestration.dbt.runner import invoke
    from orchestration.universe import write_universe

    write_universe(root, customers=customers)
    first = Counter(raw=_take_in())
    _succeed(invoke(["seed"]))
    _build(first)
    write_universe(root, customers=customers, day=1)
    later = Counter(raw=_take_in())
    _build(later)
    return first, later


def _take_in() -> float:
    """Load and accept all new files; return the CPU-seconds of that."""
    from orchestration.ingestion.loader import load_table
    from orchestration.ingestion.sources import source_tables
    from orchestration.project import manifest
    from orchestration.warehouse import DataDir, connect

    data = DataDir.from_env()
    sources = source_tables(manifest())
    data.dev_warehouse.parent.mkdir(parents=True, exist_ok=True)
    start = time.process_time()
    with connect(data.dev_warehouse) as connection:
        for source in sources:
            load_table(connection, source, data, datetime.now(UTC), 0)
        connection.execute("update ops.batches set status = 'accepted'")
    return time.process_time() - start


def _build(seconds: Counter[str]) -> None:
    """Build all models and add the CPU-seconds of each layer."""
    from orchestration.dbt.runner import invoke

    last = time.process_time()

    def add(event: Mapping[str, Any]) -> None:
        nonlocal last
        now = time.process_time()
        layer = event["data"]["node_info"]["node_path"].split("/")[0]
        seconds[layer] += now - last
        last = now

    _succeed(invoke(["run", "--threads", "1"], on_node=add))


def _succeed(result: Any) -> None:
    if not result.success:
        raise SystemExit(f"dbt could not build the world.\n{result.message}")


def table(customers: int, first: Counter[str], later: Counter[str]) -> str:
    """Return the figures of one size as a section of Markdown."""
    rows = [
        f"| {layer} | {whole:.1f} | {day:.1f} | {day / whole:.2f} |"
        for layer, whole, day in (
            *((layer, first[layer], later[layer]) for layer in LAYERS),
            ("all", first.total(), later.total()),
        )
    ]
    return "\n".join(
        [
            f"## {customers:,} people",
            "",
            "| layer | first build | a day | day / first |",
            "|---|--:|--:|--:|",
            *rows,
            "",
        ]
    )


def outlook(totals: Mapping[int, tuple[float, float]]) -> str:
    """Say what follows for other sizes if both costs are a price and so much a person.

    Args:
        totals: CPU-seconds of a first build and of a day, by number of people.
    """
    few, many = min(totals), max(totals)
    slopes = [
        (b - a) / (many - few) for a, b in zip(totals[few], totals[many], strict=True)
    ]
    prices = [
        total - few * slope for total, slope in zip(totals[few], slopes, strict=True)
    ]
    gain, dearer = GOAL * slopes[0] - slopes[1], prices[1] - GOAL * prices[0]
    tenth = (
        f"A day costs a tenth from {dearer / gain:,.0f} people on"
        if gain > 0
        else "A day costs more than a tenth at any size"
    )
    return (
        f"Computed from {few:,} and {many:,} people, not measured: a first build costs "
        f"{prices[0]:.0f} CPU-seconds and {1000 * slopes[0]:.2f} for each 1,000 people, "
        f"a day {prices[1]:.0f} and {1000 * slopes[1]:.2f}. {tenth}; with ever more "
        f"people its share goes to {slopes[1] / slopes[0]:.2f}.\n"
    )


def main() -> None:
    """Measure, print and, if asked to, keep the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[300, 3000])
    parser.add_argument("--write", action="store_true", help="Keep what is printed.")
    options = parser.parse_args()
    sections, totals = [], {}
    for customers in options.customers:
        with tempfile.TemporaryDirectory(prefix="increments-") as folder:
            first, later = measure(customers, Path(folder))
        sections.append(table(customers, first, later))
        totals[customers] = (first.total(), later.total())
    if len(totals) > 1:
        sections.append(outlook(totals))
    report = "\n".join(sections)
    print(report)
    if options.write:
        KEPT.write_text(
            f"# What a day costs beside a first build\n\nCPU-seconds.\n\n{report}",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
