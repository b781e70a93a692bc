"""`c360 scenario`: what if customers paid more, bought more often, or left sooner?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir

if TYPE_CHECKING:
    from orchestration.scenario import Outcome


def scenario(
    segment: Annotated[
        list[str] | None,
        typer.Option(help="Whose customers change, may be repeated; without, all."),
    ] = None,
    price: Annotated[
        float, typer.Option(help="By so many per cent a purchase is worth more.")
    ] = 0,
    frequency: Annotated[
        float, typer.Option(help="By so many per cent they buy more often.")
    ] = 0,
    churn: Annotated[
        float, typer.Option(help="By so many per cent more of them have left for good.")
    ] = 0,
    elasticity: Annotated[
        float,
        typer.Option(
            help="Per cent of purchases for each per cent of price; -1.5, say."
        ),
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Tell what revenue the next 90 and 365 days would bring if something changed.

    The sum of what customer_value expects of each customer in the published release,
    without the change and with it. The ids of segments are in marts.segments.

    Ten per cent fewer of the lapsing leave:

        c360 scenario --segment lapsing_loyals --churn -10

    All prices rise by 5 %, and purchases fall by 1.2 % for each of these:

        c360 scenario --price 5 --elasticity -1.2
    """
    from orchestration.identity.explain import released
    from orchestration.scenario import Change, play

    change = Change(price / 100, frequency / 100, churn / 100, elasticity)
    with friendly_errors(), released(DataDir.from_env()) as release:
        outcomes = play(release, segment or [], change)
    if as_json:
        print(json.dumps([asdict(o) for o in outcomes], indent=2, ensure_ascii=False))
    else:
        _print(outcomes)


def _print(outcomes: list[Outcome]) -> None:
    table = Table("segment", "buyers", box=None, header_style="dim")
    for title in ("next 90 days", "would be", "", "next 365 days", "would be", ""):
        table.add_column(title, justify="right")
    for found in outcomes:
        table.add_row(
            escape(found.name),
            f"{found.customers:,}",
            *_before_and_after(found.revenue_90_days, found.changed_revenue_90_days),
            *_before_and_after(found.revenue_365_days, found.changed_revenue_365_days),
        )
    console.print(table)


def _before_and_after(before: float, after: float) -> tuple[str, str, str]:
    share = f"{after / before - 1:+.1%}" if before else ""
    return f"{before:,.0f}", f"{after:,.0f}", share
