"""`c360 identity impact`: what proposed rules would change, before they do."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir

if TYPE_CHECKING:
    from orchestration.identity.impact import Impact

_FIGURES = {
    "merged_ids": "ids that would become another",
    "split_ids": "ids that would come out of another",
    "moved_records": "records that would change hands",
    "newly_left_out": "ids newly left out, as staff or tests",
    "let_in_again": "ids no longer left out",
    "with_other_revenue": "customers of other revenue",
    "with_other_segment": "customers in another segment",
}


def impact(
    rules: Annotated[
        Path, typer.Option(help="Folder of proposed seeds; what is not in it stays.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    limit: Annotated[
        int, typer.Option(help="So many entries of each list; 0 for all.", min=0)
    ] = 20,
) -> None:
    """Tell what other rules of identity would change: who, what they are worth.

    Identity is built under these rules from the data of the warehouse, as far as
    segments, in a warehouse of its own that is deleted afterwards.
    """
    from orchestration.commands.terminal import errors
    from orchestration.identity.impact import assess

    # Programs read what is printed, so progress goes beside it.
    with friendly_errors(), errors.status("Starting …") as status:
        found = assess(
            DataDir.from_env(),
            rules,
            limit=limit or None,
            progress=lambda text: status.update(f"{text} …"),
        )
    if as_json:
        print(json.dumps(asdict(found), indent=2, default=str, ensure_ascii=False))
    else:
        _print(found)


def _print(found: Impact) -> None:
    figures = found.figures
    if found.is_behind:
        console.print(
            "[yellow]![/] Data came in since the last run committed who is who, and "
            "its effect is in here, too. For that of the rules alone: c360 run first."
        )
    what = (
        f"With {', '.join(found.rules)}"
        if found.rules
        else "With the rules as they are in seeds"
    )
    _say(
        f"{what}, {figures['customers_before']:,} customers would be "
        f"{figures['customers_after']:,}. Their revenue, "
        f"{_money(figures['revenue_before'])}, would be "
        f"{_money(figures['revenue_after'])}; {_money(figures['revenue_that_moves'])} "
        "of it would be another's."
    )
    if not (found.changes or found.customers or found.attributes):
        console.print("[green]✓[/] Nothing would change.")
        return
    for name, words in _FIGURES.items():
        if figures[name]:
            _say(f"  {figures[name]:>8,} {words}")
    if found.attributes:
        told = (f"{n:,} {a.replace('_', ' ')}" for a, n in found.attributes.items())
        _say(f"  Golden records would say otherwise: {', '.join(told)}.")
    if found.segments:
        told = (
            f"{_arrow(row, 'segment')} {row['customers']:,}" for row in found.segments
        )
        _say(f"  Segments: {', '.join(told)}.")
    if found.changes:
        console.print(_changes(found.changes))
    if found.customers:
        console.print(_customers(found.customers))
    console.print("More or fewer: --limit. To take the rules: copy them into seeds/.")


def _changes(changes: list[dict[str, Any]]) -> Table:
    table = Table(title="Who would become whom", title_justify="left", box=None)
    for heading in ("change", "from", "to"):
        table.add_column(heading, overflow="fold")
    for heading in ("records", "revenue"):
        table.add_column(heading, justify="right")
    table.add_column("because of", overflow="fold")
    for row in changes:
        reason = (row["rejection_reason"] or "").replace("_", " ")
        because = (row["evidence"], row["evidence_value"], reason)
        table.add_row(
            row["change"],
            escape(f"{row['old_customer_id'] or ''}\n{row['old_name'] or ''}"),
            escape(f"{row['new_customer_id'] or ''}\n{row['new_name'] or ''}"),
            f"{row['record_count']:,}",
            _money(row["revenue"]),
            escape("\n".join(filter(None, because))),
        )
    return table


def _customers(customers: list[dict[str, Any]]) -> Table:
    table = Table(title="Whose value would change", title_justify="left", box=None)
    table.add_column("customer", overflow="fold")
    for heading in ("revenue", "orders"):
        table.add_column(heading, justify="right")
    table.add_column("segment")
    for row in customers:
        table.add_row(
            escape(f"{row['customer_id']} {row['display_name'] or ''}"),
            " → ".join(_money(row[f"revenue_{when}"]) for when in ("before", "after")),
            _arrow(row, "orders"),
            _arrow(row, "segment"),
        )
    return table


def _arrow(row: dict[str, Any], name: str) -> str:
    """Return what is before and after; a dash is nothing, or no customer."""
    values = [row[f"{name}_{when}"] for when in ("before", "after")]
    before, after = ("-" if value is None else f"{value}" for value in values)
    return before if before == after else f"{before} → {after}"


def _money(amount: float | None) -> str:
    return "-" if amount is None else f"{amount:,.2f}"


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)
