"""The page about a trained model: what it learnt from, and what each level is worth.

Belongs here: the text and the chart. Does not belong here: estimating (training.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from orchestration.matching.rules import Comparison, Weight

_BAR = 22
_LABELS = 210
_SCALE = 14
"""Pixels per bit of evidence."""


def model_card(
    comparisons: Iterable[Comparison],
    weights: dict[tuple[str, str], Weight],
    settings: dict[str, float],
    learnt_from: Iterable[str],
    trained_on: date,
) -> str:
    """Return the page as Markdown; it shows `identity-match-weights.svg` beside it."""
    lines = [
        "# The matching model",
        "",
        f"Trained on {trained_on} by `c360 identity train`, without labels, from:",
        "",
        *(f"- {source}" for source in learnt_from),
        "",
        "Each was learnt from alone; m and u are geometric means. u comes from pairs",
        "taken at random, m from expectation maximisation (Splink).",
        "",
        f"Two are one from a weight of {settings['accept']:g} on, and are shown to a",
        f"steward from {settings['queue']:g} on. A weight is log2 of odds.",
        "These weights are where a build begins; it learns m on from its own data.",
        "",
        "![What each level adds](identity-match-weights.svg)",
        "",
        "| comparison | level | m | u | weight |",
        "|---|---|--:|--:|--:|",
    ]
    for comparison in comparisons:
        for level in comparison.levels:
            found = weights[comparison.name, level.name]
            rarity = " *" if level.rarity_of else ""
            lines.append(
                f"| {comparison.name} | {level.name}{rarity} | {found.m:.4f} | "
                f"{found.u:.3g} | {found.weight:+.1f} |"
            )
    lines += ["", "\\* rarer values add more, common ones less.", ""]
    return "\n".join(lines)


def weight_chart(weights: dict[tuple[str, str], Weight]) -> str:
    """Return the match-weight chart as SVG: a bar a level, to the right for a match."""
    middle = _LABELS + 16 * _SCALE
    width = middle + 18 * _SCALE
    rows = []
    for place, ((comparison, level), found) in enumerate(weights.items()):
        top = place * _BAR
        bits = max(-15.0, min(17.0, found.weight))
        left = middle + min(0.0, bits) * _SCALE
        colour = "#2a7f62" if bits > 0 else "#b5473c"
        rows.append(
            f'<text x="{_LABELS - 8}" y="{top + 15}" text-anchor="end">'
            f"{comparison.replace('_', ' ')}: {level}</text>"
            f'<rect x="{left:.1f}" y="{top + 4}" width="{abs(bits) * _SCALE:.1f}" '
            f'height="{_BAR - 8}" fill="{colour}">'
            f"<title>{found.weight:+.2f}</title></rect>"
        )
    height = len(rows) * _BAR
    axis = f'<line x1="{middle}" y1="0" x2="{middle}" y2="{height}" stroke="#888"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">\n' + "\n".join([*rows, axis])
    ) + "\n</svg>\n"
