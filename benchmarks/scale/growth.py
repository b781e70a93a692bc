"""How rows, bytes, links and CPU grow with the number of people of the sample world.

python -m benchmarks.scale.growth --customers 10000 --folder world --keep

One full build on DuckDB with one thread, without gates, scores and publishing. Prints
all sizes that benchmarks/scale/growth.json keeps, with the growth exponent between each
two: 1 is as much for each person as before.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from benchmarks.increments import build, take_in

KEPT = Path(__file__).with_suffix(".json")

_COUNTS = {
    "raw rows": "select sum(rows_loaded) from ops.ingested_files",
    "landing bytes": "select sum(bytes) from ops.ingested_files",
    "rows of all tables": """
        select sum(estimated_size) from duckdb_tables()
        where database_name = current_database()
    """,
    "warehouse bytes": """
        select used_blocks * block_size from pragma_database_size()
        where database_name = current_database()
    """,
    "events": "select count(*) from core.interactions",
    "records": "select count(*) from identity.int_identity__people",
    "stated identifiers": """
        select count(*) from identity.int_identity__stated_identifiers
    """,
    "distinct identifiers": """
        select count(*) from identity.int_identity__identifier_values
    """,
    "links": "select count(*) from identity.int_identity__links",
    "most records of a value": """
        select max(record_count) from identity.int_identity__identifier_values
    """,
    "most records of a value that may join": """
        select max(record_count) from identity.int_identity__identifier_values
        where rejection_reason is null
    """,
    "pairs compared": "select count(*) from identity.int_identity__match_levels",
    "cut links": "select count(*) from identity.int_identity__cut_links",
    "most records of a component": """
        select max(n) from (
            select count(*) as n from identity.int_identity__components
            group by component_key
        )
    """,
    "customers": "select count(*) from marts.customers",
}


def measure(customers: int, root: Path) -> dict[str, float]:
    """Build a world of so many people, and count what it made.

    Returns:
        Counts, bytes, peak memory in MB and CPU-seconds by layer, by name.
    """
    os.environ |= {"C360_TARGET": "dev", "C360_DATA_DIR": str(root)}
    from orchestration.universe import write_universe
    from orchestration.warehouse import DataDir

    write_universe(root, customers=customers)
    seconds = defaultdict(float, raw=take_in())
    build(seconds)
    found: dict[str, float] = {
        f"CPU-seconds, {layer}": round(spent, 1) for layer, spent in seconds.items()
    }
    found["CPU-seconds"] = round(sum(seconds.values()), 1)
    found["peak memory, MB"] = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    )
    with duckdb.connect(str(DataDir(root).dev_warehouse)) as connection:
        connection.execute("checkpoint")
        for name, query in _COUNTS.items():
            found[name] = int(connection.execute(query).fetchall()[0][0] or 0)
    return found


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float | None:
    """Return the slope of values over sizes, both as logarithms, of the last two."""
    if len(sizes) < 2 or min(values[-2:]) <= 0:
        return None
    return math.log(values[-1] / values[-2]) / math.log(sizes[-1] / sizes[-2])


def table(known: Mapping[int, Mapping[str, float]]) -> str:
    """Return all sizes as a table of Markdown: a row for each figure."""
    sizes = sorted(known)
    lines = [
        "| | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent | a person |",
        "|---|" + "--:|" * (len(sizes) + 2),
    ]
    for name in known[sizes[-1]]:
        values = [known[size].get(name, 0) for size in sizes]
        grows = exponent(sizes, values)
        lines.append(
            f"| {name} | "
            + " | ".join(f"{value:,.10g}" for value in values)
            + f" | {'' if grows is None else f'{grows:.2f}'} "
            + f"| {float(f'{values[-1] / sizes[-1]:.3g}'):,.10g} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure one size if one is given, and print all that are known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, help="People; none only prints.")
    parser.add_argument("--folder", type=Path, help="Empty, for the world; it stays.")
    parser.add_argument("--keep", action="store_true", help="Keep the figures.")
    given = parser.parse_args()
    known = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    if given.customers:
        if given.folder is None:
            parser.error("--customers needs a --folder for the world")
        known[str(given.customers)] = measure(given.customers, given.folder)
    if given.keep:
        KEPT.write_text(f"{json.dumps(known, indent=2)}\n", encoding="utf-8")
    print(table({int(size): found for size, found in known.items()}))


if __name__ == "__main__":
    main()
