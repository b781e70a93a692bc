"""`c360 identity …`: who is who, and why, in words on a terminal or as JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from typing import Annotated, Any

import typer

from orchestration.commands.impact import impact
from orchestration.commands.matching import evaluate, train
from orchestration.commands.steward import decide, decisions, review, undo
from orchestration.commands.terminal import console, friendly_errors
from orchestration.ingestion.sql import named_rows
from orchestration.warehouse import DataDir

identity_app = typer.Typer(
    no_args_is_help=True,
    help=(
        "Who is who, and why. People are named by customer id (an old one will do), by "
        "record key (system:entity:id), or by any identifier such as an e-mail address."
    ),
)

for further_command in (review, decide, undo, decisions, impact, train, evaluate):
    identity_app.command()(further_command)

Person = Annotated[
    str, typer.Argument(help="Customer id, record key, or any identifier of theirs.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@identity_app.command()
def why(one: Person, other: Person, as_json: AsJson = False) -> None:
    """Tell why two are one customer, or what they share although they are not.

    It explains the published release. Exit code 0 whether they are one or not.
    """
    from orchestration.identity.explain import (
        explain_pair,
        find_person,
        released,
    )

    with friendly_errors(), released(DataDir.from_env()) as connection:
        told = explain_pair(
            connection, find_person(connection, one), find_person(connection, other)
        )
    if as_json:
        _print_json(told.as_dict())
        return
    if not told.is_same:
        _say(f"{told.customer_id} and {told.other_customer_id} are two.")
        for cut in told.cuts:
            _say(f"  • {cut.sentence}")
        for pair in told.waiting:
            _say(f"  • {pair.sentence}")
        if not told.cuts:
            _say("  They share no identifier, not even one that was left out.")
        return
    _say(f"Both are {told.customer_id}.")
    for number, step in enumerate(told.chain, 1):
        _say(f"  {number}. {step.sentence}")
    if not told.chain:
        _say(
            "  By one record, a device that the person logged in on, or an older id: "
            f"c360 identity show {told.customer_id} tells what joins the records."
        )


@identity_app.command()
def show(person: Person, as_json: AsJson = False) -> None:
    """Show a customer: the records, what joins them, and what was not used."""
    from orchestration.identity.explain import (
        evidence_of,
        find_person,
        released,
    )
    from orchestration.identity.waiting import waiting_for

    with friendly_errors(), released(DataDir.from_env()) as connection:
        customer_id = find_person(connection, person).customer_id
        links = evidence_of(connection, customer_id)
        records = _rows(
            connection,
            "select record_key, link_type, confidence, valid_from, valid_to, linked_at "
            "from marts.customer_records where customer_id = ? order by record_key, "
            "valid_from",
            customer_id,
        )
        cuts = _rows(
            connection,
            "select record_key, identifier_type, identifier_value, rejection_reason "
            "from marts.identity_cuts where customer_id = ? order by all",
            customer_id,
        )
        changes = _rows(
            connection,
            "select change, old_customer_id, new_customer_id, changed_at, evidence, "
            "rejection_reason from marts.identity_changes "
            "where ? in (old_customer_id, new_customer_id) order by changed_at",
            customer_id,
        )
        waiting = waiting_for(connection, customer_id)
    told = {
        "customer_id": customer_id,
        "records": records,
        "evidence": links,
        "cuts": cuts,
        "waiting": [asdict(pair) | {"sentence": pair.sentence} for pair in waiting],
        "changes": changes,
    }
    if as_json:
        _print_json(told)
    else:
        _print_customer(told)


def _print_customer(told: dict[str, Any]) -> None:
    by_evidence: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for link in told["evidence"]:
        by_evidence[link["evidence_key"]].append(link)
    _say(f"[bold]{told['customer_id']}[/]")
    _say("\n[bold]Records[/]")
    for record in told["records"]:
        bounds = [record[name] for name in ("valid_from", "valid_to")]
        interval = (
            " to ".join(str(bound or "") for bound in bounds) if any(bounds) else ""
        )
        _say(f"  • {record['record_key']} {interval}")
    if by_evidence:
        _say("\n[bold]What joins them[/]")
    for links in by_evidence.values():
        who = sorted({link["record_key"] for link in links})
        _say(f"  • {_evidence_in_words(links)}: {', '.join(who)}")
    if told["cuts"]:
        _say("\n[bold]What was not used[/]")
    for cut in told["cuts"]:
        what = f"{cut['identifier_type']} {cut['identifier_value']}"
        _say(f"  • {what} of {cut['record_key']}: {cut['rejection_reason']}")
    if told["waiting"]:
        _say("\n[bold]Who may be the same[/]")
    for pair in told["waiting"]:
        _say(f"  • {pair['sentence']}")
    _say("\n[bold]How the id came about[/]")
    for change in told["changes"]:
        ids = (change["old_customer_id"], change["new_customer_id"])
        what = f"{change['change']} {' → '.join(filter(None, ids))}"
        if why := cause_in_words(change["evidence"], change["rejection_reason"]):
            what += f" because of {why}"
        _say(f"  • {change['changed_at']:%Y-%m-%d %H:%M} {what}")


def cause_in_words(evidence: str | None, rejection_reason: str | None) -> str:
    """Return why an id changed, as the mart identity_changes tells it; may be empty."""
    if rejection_reason is None:
        return evidence or ""
    reason = rejection_reason.replace("_", " ")
    return f"{evidence}, which no longer counts: {reason}" if evidence else reason


def _evidence_in_words(links: list[dict[str, Any]]) -> str:
    first = links[0]
    if first.get("match_probability") is not None:
        return f"match ({first['match_probability']:.4f}; {first['explanation']})"
    if first["identifier_type"] is None:
        return f"{first['relation']} of {first['stated_record_key']}"
    spellings = sorted({link["identifier_value"] for link in links})
    return f"{first['identifier_type']} {' or '.join(spellings)}"


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)


def _rows(connection: Any, query: str, value: str) -> list[dict[str, Any]]:
    return named_rows(connection.execute(query, [value]))


def _print_json(told: dict[str, Any]) -> None:
    print(json.dumps(told, indent=2, default=str, ensure_ascii=False))
