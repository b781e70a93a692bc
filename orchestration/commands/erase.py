"""`c360 privacy erase`: how it asks, and what it says."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Column, Table

from orchestration.commands.stopping import until_stopped
from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir
from orchestration.wording import counted

if TYPE_CHECKING:
    from orchestration.privacy.erasure.plan import Plan
    from orchestration.privacy.erasure.receipts import Receipt


def erase(
    people: Annotated[
        list[str] | None,
        typer.Argument(metavar="PERSON…", help="Who; any identifier."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "--from", help="A text file that names one a line."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be touched.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason",
            "--because",
            help="Why, for the receipt: a ticket, say. No personal data.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish one that was cut short.")
    ] = False,
) -> None:
    """Erase people everywhere (GDPR, article 17); it cannot be undone.

    All who are named are found, or nobody is erased. Rows about them go from landing/,
    archive/ and state/, orders stay as numbers under a surrogate, the warehouse and the
    release are built anew without them, and every byte of the data directory is looked
    at afterwards. What others share stays theirs. A file that a source sends again does
    not bring them back. Cut short, it is finished with --resume; no run starts before.
    """
    from orchestration.privacy.erasure.erase import carry_on, start
    from orchestration.privacy.erasure.journal import refuse_if_pending
    from orchestration.project import manifest

    data = DataDir.from_env()
    with friendly_errors():
        if not resume:
            refuse_if_pending(data)
            made = _planned(data, people, file)
            show(made, in_full=dry_run)
            if dry_run:
                return
            if not yes:
                typer.confirm("Erase them for good?", abort=True)
            start(data, made, reason=reason, requested_by=getpass.getuser())
        with console.status("Erasing …") as status:
            receipt = until_stopped(
                lambda: carry_on(
                    data,
                    manifest(),
                    lambda phase: status.update(f"Erasing: {phase} …"),
                ),
                "c360 privacy erase --resume finishes it; no run starts before.",
            )
    _show_receipt(receipt)


def show(made: Plan, *, in_full: bool = True) -> None:
    """Print what an erasure would touch.

    Args:
        made: the plan.
        in_full: every table that is built anew, and not their number only.
    """
    table = Table(Column("where", no_wrap=True), "what", "rows", box=None)
    table.columns[2].justify = "right"
    for (place, action), items in sorted(made.landing.items()):
        table.add_row(place, action, f"{items:,}")
    derived = made.derived
    if not in_full:
        derived = {f"{len(derived)} tables of the warehouse": sum(derived.values())}
    for name, rows in derived.items():
        table.add_row(name, "built anew", f"{rows:,}")
    for place in made.recipients:
        table.add_row(f"exports/{place}", "forgotten", "")
    console.print(table)
    console.print(
        f"{counted(len(made.customer_ids), 'customer')}; "
        f"{counted(len(made.releases), 'release is', 'releases are')} replaced by one "
        "without them.",
        highlight=False,
        soft_wrap=True,
    )
    if made.recipients:
        console.print(
            f"They were sent to {', '.join(made.recipients)}: tell these, or export "
            "once more before (GDPR, article 19).",
            highlight=False,
            soft_wrap=True,
        )
    if made.backups:
        console.print(
            f"{len(made.backups):,} backups hold them until you delete these; who "
            f"restores one erases them again: {', '.join(made.backups)}",
            highlight=False,
            soft_wrap=True,
        )


def _planned(data: DataDir, people: list[str] | None, file: Path | None) -> Plan:
    from orchestration.privacy.access import opened
    from orchestration.privacy.erasure.plan import plan
    from orchestration.privacy.subjects import Request, find_customers, read_file
    from orchestration.project import manifest

    requests = [Request(text.strip()) for text in people or ()]
    requests += read_file(file) if file else []
    if not requests:
        raise ValueError("Name somebody, or a file of people with --file.")
    with console.status("Reading …"), opened(data) as connection:
        return plan(connection, manifest(), data, find_customers(connection, requests))


def _show_receipt(receipt: list[Receipt]) -> None:
    table = Table(Column("where", no_wrap=True), "what", "items", box=None)
    table.columns[2].justify = "right"
    for entry in receipt:
        table.add_row(entry.place, entry.action, f"{entry.items:,}")
    console.print(table)
    first = receipt[0]
    console.print(
        f"[green]✓[/] {first.erasure_id}: "
        f"{counted(first.people, 'person is', 'people are')} erased. The receipt is "
        "in state/erasure_receipts.jsonl and governance.erasure_receipts.",
        highlight=False,
        soft_wrap=True,
    )
