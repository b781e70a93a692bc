"""Sections of the page for what other programs measured and keep.

Belongs here: telling the figures of benchmarks/identity and benchmarks/scale. Does not
belong here: measuring them, and the contests (page.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.identity.compare import MAPS
from benchmarks.identity.compare import RESULTS as COMPARED
from benchmarks.scale.growth import KEPT as GROWTH
from benchmarks.scale.growth import table as growth_table

_TOOLS = {
    "customer360": "customer360",
    "splink": "Splink",
    "goldenmatch": "GoldenMatch",
}

_IDENTITY = """## Find who is one person, in tables whose truth is known

Each tool makes people of the records of a table, once, in a process of its own: F1 of
pairs, CPU seconds and peak memory, from the file to the clusters. Ours is the whole
chain of dbt models with one configuration for all tables. Splink has the models of its
own examples and learns in the table itself; GoldenMatch has no configuration, as it is
meant to be used. The best F1 is bold. Tables named world are records of so many people
of our sample world, of which no tool is shown more than names, dates, addresses and
numbers; Splink's model there is ours, the best of those tried. Our thresholds were set
with labels in view, Splink's there as well: `benchmarks/identity/README.md` says
which. `make bench` does not measure this again:
`python -m benchmarks.identity.compare` does.
"""

_GROWTH = """## Build everything, with more people

The sample world from its files to the marts on one thread, one build a size, without
gates, scores and publishing: CPU seconds of each layer (raw is loading), then what
there is. The exponent is between the last two sizes, the last column at the last one.
`make bench` does not measure this again: `python -m benchmarks.scale.growth` does.
"""


def identity() -> str:
    """Return the section on Splink and GoldenMatch: a row a table."""
    known = json.loads(COMPARED.read_text(encoding="utf-8"))
    heads = "".join(f" {name} |" for name in _TOOLS.values())
    lines = [_IDENTITY, f"| table |{heads}", "|---|" + "--:|" * len(_TOOLS)]
    for table in sorted(known, key=list(MAPS).index):
        found = known[table]
        best = max(run["shares"]["f1"] for run in found.values() if run)
        cells = [_run(found.get(tool), best) for tool in _TOOLS]
        lines.append(f"| {table} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def growth() -> str:
    """Return the section on how a build of everything grows: a row a figure."""
    known = json.loads(GROWTH.read_text(encoding="utf-8"))
    return f"{_GROWTH}\n{growth_table({int(n): found for n, found in known.items()})}\n"


def _run(run: Mapping[str, Any] | None, best: float) -> str:
    if not run:
        return ""
    f1 = run["shares"]["f1"]
    told = f"**{f1:.3f}**" if f1 == best else f"{f1:.3f}"
    return f"{told}, {run['cpu_seconds']:,.0f} s, {run['peak_mb']:,} MB"
