"""`c360 identity review`, `decide`, `undo` and `decisions`: what stewards say."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir

_SEED = "steward_decisions"

Named = Annotated[str, typer.Argument(help="Record key, customer id or identifier.")]
By = Annotated[str | None, typer.Option(help="Who decides; by default, you.")]
Reason = Annotated[str, typer.Option(help="Why, for those who come after you.")]


class Choice(StrEnum):
    """What can be decided on two."""

    MUST_LINK = "must-link"
    CANNOT_LINK = "cannot-link"


def decide(
    choice: Annotated[Choice, typer.Argument(help="Are they one?")],
    one: Named,
    other: Named,
    reason: Reason,
    by: By = None,
) -> None:
    """Say that two are one customer, or are not; it holds from the next run on.

    It wins over every rule, and survives every rebuild. Name record keys, or customers
    by id or by any identifier; a customer stands for its oldest record.
    """
    from orchestration.identity.decisions import DecisionError, Verdict
    from orchestration.identity.decisions import decide as keep
    from orchestration.identity.explain import find_person, released

    data = DataDir.from_env()
    with friendly_errors():
        with released(data) as connection:
            people = [find_person(connection, text) for text in (one, other)]
        ends = [
            text.strip() if text.strip() in person.record_keys else person.customer_id
            for text, person in zip((one, other), people, strict=True)
        ]
        is_same = people[0].customer_id == people[1].customer_id
        if is_same and any(_is_customer_id(end) for end in ends):
            raise DecisionError(
                f"Both are {people[0].customer_id}. To part them, name two of its "
                f"records: c360 identity show {people[0].customer_id} lists them."
            )
        verdict: Verdict = "must_link" if choice is Choice.MUST_LINK else "cannot_link"
        made = keep(data, verdict, *ends, reason=reason, by=by)
    console.print(
        f"[green]✓[/] Decision {made.decision_id}: {choice} {ends[0]} {ends[1]}. It "
        "holds from the next run on: c360 run",
        highlight=False,
        soft_wrap=True,
    )


def undo(
    decision_id: Annotated[
        str, typer.Argument(help="As c360 identity decisions names it.")
    ],
    reason: Reason,
    by: By = None,
) -> None:
    """Take a decision back; the rules alone decide again from the next run on."""
    from orchestration.identity.decisions import undo as take_back

    with friendly_errors():
        was = take_back(DataDir.from_env(), decision_id, reason=reason, by=by)
    console.print(
        f"[green]✓[/] Took back {was.decision.replace('_', '-')} {was.record_key} "
        f"{was.other_record_key}. Next: c360 run",
        highlight=False,
        soft_wrap=True,
    )


def decisions(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the decisions that stand: those made here, and those of the seed."""
    from orchestration.identity.decisions import standing_decisions
    from orchestration.project import project_dir

    data = DataDir.from_env()
    with friendly_errors():
        told = [
            asdict(made) | {"kept_in": "state"} for made in standing_decisions(data)
        ]
        seed = project_dir() / "seeds" / f"{_SEED}.csv"
        if seed.exists():
            with seed.open(encoding="utf-8", newline="") as file:
                told += [
                    dict(row) | {"kept_in": "seed"} for row in csv.DictReader(file)
                ]
        unknown = _unknown(data, told)
    for made in told:
        ends = (made["record_key"], made["other_record_key"])
        made["unknown"] = [end for end in ends if end in unknown]
    if as_json:
        print(json.dumps(told, indent=2, default=str, ensure_ascii=False))
        return
    if not told:
        console.print("No decision stands. c360 identity review lists what waits.")
        return
    table = Table(box=None, header_style="dim")
    for heading in ("id", "decision", "one", "other", "by", "when", "why"):
        table.add_column(heading, overflow="fold")
    for made in told:
        at = made["decided_at"]
        table.add_row(
            made.get("decision_id", "seed"),
            made["decision"].replace("_", "-"),
            escape(made["record_key"]),
            escape(made["other_record_key"]),
            escape(made["decided_by"]),
            f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else at,
            escape(made["reason"]),
        )
    console.print(table)
    if unknown:
        console.print(
            f"[yellow]![/] Not in the release, so decisions on them have no effect: "
            f"{escape(', '.join(sorted(unknown)))}",
            highlight=False,
            soft_wrap=True,
        )


def _unknown(data: DataDir, told: list[dict[str, Any]]) -> set[str]:
    """Return those named by decisions whom the release, if there is one, has not."""
    from orchestration.identity.explain import released

    named = {made[end] for made in told for end in ("record_key", "other_record_key")}
    try:
        with released(data) as connection:
            rows = connection.execute(
                "select record_key from marts.customer_records "
                "where list_contains($named, record_key) "
                "union select customer_id from marts.customer_id_aliases "
                "where list_contains($named, customer_id)",
                {"named": sorted(named)},
            ).fetchall()
    except FileNotFoundError:
        return set()
    return named - {known for (known,) in rows}


def review(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    limit: Annotated[int, typer.Option(help="So many at the most.", min=1)] = 20,
) -> None:
    """List what a steward should decide on, the most revenue at stake first.

    It reads the published release, so what was decided since is still in it.
    """
    from orchestration.identity.explain import released

    with friendly_errors(), released(DataDir.from_env()) as connection:
        result = connection.execute(
            "select * from marts.identity_review_queue order by revenue_reporting "
            "desc, confidence desc nulls last, record_key, other_record_key limit ?",
            [limit],
        )
        names = [column[0] for column in result.description]
        waiting = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if as_json:
        print(json.dumps(waiting, indent=2, default=str, ensure_ascii=False))
        return
    if not waiting:
        console.print("[green]✓[/] Nothing waits for a steward.")
        return
    table = Table(box=None, header_style="dim")
    table.add_column("revenue", justify="right")
    for heading in ("one", "other", "share", "why they are two"):
        table.add_column(heading, overflow="fold")
    for pair in waiting:
        shared = (pair["identifier_type"], pair["identifier_value"])
        table.add_row(
            f"{pair['revenue_reporting']:,.2f}",
            escape(f"{pair['record_key']}\n{pair['display_name'] or ''}"),
            escape(f"{pair['other_record_key']}\n{pair['other_display_name'] or ''}"),
            escape(" ".join(filter(None, shared))),
            escape(_why_two(pair)),
        )
    console.print(table)
    console.print("Decide with: c360 identity decide must-link ONE OTHER --reason …")


def _why_two(pair: dict[str, Any]) -> str:
    if pair["limited_type"]:
        return (
            f"{pair['value_count']} values of {pair['limited_type'].strip('|')} would "
            f"be one customer's, {pair['max_values']} are allowed"
        )
    if pair["confidence"] is not None:
        return (
            f"{pair['reason'].replace('_', ' ')}: alike, with a probability of "
            f"{pair['confidence']:.3f} to be one"
        )
    return pair["reason"].replace("_", " ")


def _is_customer_id(text: str) -> bool:
    return re.fullmatch(r"C\d{10}", text) is not None
