"""The page of the benchmarks: a table and a plot for each contest.

Belongs here: how figures are told. Does not belong here: measuring (contest.py).
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.contest import OURS, Contest

Row = Mapping[str, Any]

_INTRODUCTION = """# Benchmarks

Each contest is the same work, done by us and by what one would use instead, on the same
inputs in the same run: the ways go in turns, each in a process of its own, and their
answers must be equal but where a contest says otherwise. `make bench` measures them all
again and writes this page.

A ratio above 1 is a way that needs more CPU than ours. It is the median of the ratios
of each turn, with the least and the greatest in brackets. Seconds are of CPU, those of
child processes too, since a busy machine changes them least. The exponent is the slope
of CPU over size, both as logarithms: 1 is as much more work as there is more to do;
below 1 a fixed price still shows. An empty cell was not measured.
"""
_WIDTH, _HEIGHT, _MARGIN, _LEGEND = 560, 300, 48, 230
_COLOURS = ("#2a7f62", "#b5473c", "#5b6bb5", "#b08a2e")


def write_page(
    contests: Mapping[str, Contest],
    rows: Sequence[Row],
    folder: Path,
    further: Sequence[str] = (),
) -> None:
    """Write index.md and a plot a contest into `folder`, from rows of results.json.

    Args:
        contests: all there are, by name; those without rows are left out.
        rows: what was measured.
        folder: where to.
        further: sections of Markdown to put behind those of the contests.
    """
    parts = [_INTRODUCTION]
    for name, contest in contests.items():
        measured = [row for row in rows if row["contest"] == name]
        if not measured:
            continue
        (folder / f"{name}.svg").write_text(_plot(contest, measured), "utf-8")
        parts.append(_section(name, contest, measured))
    parts += further
    last = max(rows, key=lambda row: str(row["measured_on"]))
    parts.append(
        f"Contests were measured until {last['measured_on']} on {last['cores']} cores "
        f"with Python {last['python']} and DuckDB {last['duckdb']}; each figure of "
        "each turn is in [results.json](results.json).\n"
    )
    (folder / "index.md").write_text("\n".join(parts), encoding="utf-8")


def _section(name: str, contest: Contest, rows: Sequence[Row]) -> str:
    sizes = sorted({int(row["size"]) for row in rows})
    ways = [way for way in contest.ways if any(row["way"] == way for row in rows)]
    by_place = {(row["way"], row["size"]): row for row in rows}
    heads = "".join(f" {size:,} {contest.unit} |" for size in sizes)
    lines = [
        f"## {contest.title}",
        "",
        contest.note,
        "",
        f"| way |{heads} exponent |",
        "|---|" + "--:|" * (len(sizes) + 1),
    ]
    for way in ways:
        cells = [
            _cell(by_place.get((way, size)), by_place[OURS, size]) for size in sizes
        ]
        points = [(size, row) for size in sizes if (row := by_place.get((way, size)))]
        lines.append(f"| {way} | {' | '.join(cells)} | {_exponent(points)} |")
    lines += ["", f"![CPU seconds over size: {contest.title}]({name}.svg)", ""]
    return "\n".join(lines)


def _cell(row: Row | None, ours: Row) -> str:
    if row is None:
        return ""
    memory = f"{max(row['peak_mb']):,} MB"
    if row is ours:
        return f"{median(row['cpu_seconds']):.2f} s, {memory}"
    ratios = [
        theirs / own
        for theirs, own in zip(row["cpu_seconds"], ours["cpu_seconds"], strict=True)
    ]
    return (
        f"{median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f}), {memory}"
    )


def _exponent(points: Sequence[tuple[int, Row]]) -> str:
    if len(points) < 2:
        return ""
    sizes = np.log([size for size, _ in points])
    seconds = np.log([median(row["cpu_seconds"]) for _, row in points])
    return f"{np.polyfit(sizes, seconds, 1)[0]:.2f}"


def _plot(contest: Contest, rows: Sequence[Row]) -> str:
    """Return CPU seconds over size as SVG, both axes logarithmic."""
    points = [(int(row["size"]), median(row["cpu_seconds"])) for row in rows]
    across, up = _axis([x for x, _ in points]), _axis([y for _, y in points])

    def x_of(size: float) -> float:
        return _MARGIN + _share(size, across) * (_WIDTH - 2 * _MARGIN)

    def y_of(seconds: float) -> float:
        return _HEIGHT - _MARGIN - _share(seconds, up) * (_HEIGHT - 2 * _MARGIN)

    parts = []
    for power in range(up[0], up[1] + 1):
        y = y_of(10.0**power)
        parts.append(
            f'<line x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="{y:.0f}" y2="{y:.0f}" '
            f'stroke="#8886"/><text x="{_MARGIN - 6}" y="{y + 4:.0f}" '
            f'text-anchor="end">{10.0**power:g} s</text>'
        )
    for power in range(across[0], across[1] + 1):
        parts.append(
            f'<text x="{x_of(10.0**power):.0f}" y="{_HEIGHT - _MARGIN + 18}" '
            f'text-anchor="middle">{10**power:,}</text>'
        )
    parts.append(
        f'<text x="{_WIDTH / 2:.0f}" y="{_HEIGHT - 8}" text-anchor="middle">'
        f"{contest.unit}</text>"
    )
    for place, way in enumerate(contest.ways):
        line = [
            (x_of(int(row["size"])), y_of(median(row["cpu_seconds"])))
            for row in rows
            if row["way"] == way
        ]
        if not line:
            continue
        colour, y = _COLOURS[place], _MARGIN + 20 * place
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
            + "".join(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
                for x, y in line
            )
            + f'<circle cx="{_WIDTH}" cy="{y - 4}" r="4" fill="{colour}"/>'
            f'<text x="{_WIDTH + 10}" y="{y}">{html.escape(way)}</text>'
        )
    # A grey that can be read on white and on black.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {_WIDTH + _LEGEND} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="#808080">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _axis(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten between which all values are."""
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _share(value: float, axis: tuple[int, int]) -> float:
    return (math.log10(value) - axis[0]) / (axis[1] - axis[0])
