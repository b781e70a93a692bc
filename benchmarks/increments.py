"""What a day costs beside a first build: CPU-seconds by layer, at several sizes.

python -m benchmarks.increments --customers 3000

What a run does, without gates, scores and publishing: each layer begins dbt, and opens
the warehouse twice. Prints this size beside those that benchmarks/increments.json
keeps; `--keep` adds it there.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

GOAL = 0.1
KEPT = Path(__file__).with_suffix(".json")
LAYERS = ("raw", "seeds", "staging", "identity", "features", "marts")


def measure(customers: int, root: Path) -> dict[str, dict[str, float]]:
    """Build a world of so many people, and again when a day more has come in.

    Returns:
        The CPU-seconds of the `first` build and of the `day`, by layer.

    Raises:
        SystemExit: if dbt could not build something; with its words.
    """
    os.environ |= {"C360_TARGET": "dev", "C360_DATA_DIR": str(root)}
    from orchestration.universe import write_universe

    write_universe(root, customers=customers)
    first = defaultdict(float, raw=take_in())
    build(first)
    write_universe(root, customers=customers, day=1)
    later = defaultdict(float, raw=take_in())
    build(later)
    return {"first": _rounded(first), "day": _rounded(later)}


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {layer: round(seconds[layer], 1) for layer in LAYERS}


def take_in() -> float:
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


def build(seconds: defaultdict[str, float]) -> None:
    """Build what is out of date as a run does; add the CPU-seconds of each layer.

    Raises:
        SystemExit: if dbt could not build something; with its words.
    """
    from orchestration.dbt.layer import build_layer
    from orchestration.project import layer_nodes, manifest
    from orchestration.warehouse import DataDir, connect

    warehouse = DataDir.from_env().dev_warehouse
    for layer in LAYERS[1:]:
        nodes = layer_nodes(manifest(), layer)
        start = time.process_time()
        done = build_layer(manifest(), layer, nodes, lambda: connect(warehouse))
        seconds[layer] += time.process_time() - start
        if done.failure:
            raise SystemExit(f"dbt could not build the world.\n{done.failure}")


def table(customers: int, found: Mapping[str, Mapping[str, float]]) -> str:
    """Return the figures of one size as a section of Markdown."""
    first, day = found["first"], found["day"]
    rows = [
        *((layer, first[layer], day[layer]) for layer in LAYERS),
        ("all", sum(first.values()), sum(day.values())),
    ]
    return "\n".join(
        [
            f"{customers:,} people:",
            "",
            "| layer | first build | a day | day / first |",
            "|---|--:|--:|--:|",
            *(f"| {name} | {a:.1f} | {b:.1f} | {b / a:.2f} |" for name, a, b in rows),
            "",
        ]
    )


def outlook(totals: Mapping[int, tuple[float, float]]) -> str:
    """Say what follows for other sizes if both costs are a price and so much a person.

    Args:
        totals: CPU-seconds of a first build and of a day, by number of people.
    """
    few, many = min(totals), max(totals)
    rates = [
        (more - less) / (many - few)
        for less, more in zip(totals[few], totals[many], strict=True)
    ]
    prices = [
        total - few * rate for total, rate in zip(totals[few], rates, strict=True)
    ]
    gain = GOAL * rates[0] - rates[1]
    size = (prices[1] - GOAL * prices[0]) / gain if gain > 0 else None
    return (
        f"Computed from {few:,} and {many:,} people, not measured: a first build costs "
        f"{prices[0]:.0f} CPU-seconds and {1000 * rates[0]:.1f} for each 1,000 people, "
        f"a day {prices[1]:.0f} and {1000 * rates[1]:.1f}. With ever more people the "
        f"share of a day goes to {rates[1] / rates[0]:.2f}; it is {GOAL} at "
        + (f"{size:,.0f} people." if size else "no size.")
    )


def main() -> None:
    """Measure one size, print all that are known and, if asked to, keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=3000, help="People.")
    parser.add_argument("--keep", action="store_true", help="Keep the figures.")
    options = parser.parse_args()
    known = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    with tempfile.TemporaryDirectory(prefix="increments-") as folder:
        known[str(options.customers)] = measure(options.customers, Path(folder))
    if options.keep:
        KEPT.write_text(f"{json.dumps(known, indent=2)}\n", encoding="utf-8")
    found = {int(customers): known[customers] for customers in sorted(known, key=int)}
    for customers, figures in found.items():
        print(table(customers, figures))
    if len(found) > 1:
        print(
            outlook(
                {
                    customers: (sum(f["first"].values()), sum(f["day"].values()))
                    for customers, f in found.items()
                }
            )
        )


if __name__ == "__main__":
    main()
