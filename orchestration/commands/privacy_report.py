"""`c360 privacy scan|unused|report`: what is personal here, and what it is for."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from orchestration.commands.privacy import DUTIES
from orchestration.commands.privacy_rights import privacy_app
from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir


class Form(StrEnum):
    """How a report is written."""

    markdown = "markdown"
    json = "json"


@privacy_app.command(rich_help_panel=DUTIES)
def scan() -> None:
    """Look for personal data in the warehouse that nobody classified.

    Values of columns without `meta.pii` are sampled: addresses, numbers, cards, and
    what customers are called or known by. Exit code 1: a column is not classified.
    """
    from orchestration.privacy.access import opened
    from orchestration.privacy.scan import scan as find
    from orchestration.project import manifest

    with (
        friendly_errors(),
        console.status("Reading …"),
        opened(DataDir.from_env()) as connection,
    ):
        findings = find(connection, manifest())
    for finding in findings:
        console.print(f"[red]✗[/] {finding}", highlight=False, soft_wrap=True)
    if findings:
        console.print(
            f"{len(findings)} columns bear no class. Add `config: {{meta: {{pii: …}}}}`"
            " to each in its YAML, or `not_pii` with the reason.",
            highlight=False,
            markup=False,
        )
        raise typer.Exit(1)
    console.print("[green]✓[/] All columns with personal data are classified.")


@privacy_app.command(rich_help_panel=DUTIES)
def unused() -> None:
    """List what systems send that no model reads: what they need not send.

    These are columns of raw tables, and paths inside of their JSON. Each may be named
    in meta.leave_out of its table, and is then not loaded any more.
    """
    from orchestration.privacy.access import opened
    from orchestration.privacy.unused import unused_parts
    from orchestration.project import manifest

    with (
        friendly_errors(),
        console.status("Reading …"),
        opened(DataDir.from_env()) as connection,
    ):
        parts = unused_parts(connection, manifest())
    if not parts:
        console.print("[green]✓[/] All that is loaded is read by some model.")
        return
    table = Table("table", "column or path", "personal data", box=None)
    for part in parts:
        table.add_row(part.table, part.path, part.personal_class or "")
    console.print(table)


@privacy_app.command(rich_help_panel=DUTIES)
def report(
    form: Annotated[Form, typer.Option("--format", help="How.")] = Form.markdown,
    out: Annotated[
        Path | None, typer.Option(help="File to write; by default it is printed.")
    ] = None,
) -> None:
    """Write the record of processing (GDPR, article 30), from what is declared."""
    from orchestration.privacy.record import as_markdown, record_of_processing
    from orchestration.project import manifest

    with friendly_errors():
        record = record_of_processing(manifest())
        text = (
            json.dumps(record, indent=2, ensure_ascii=False) + "\n"
            if form is Form.json
            else as_markdown(record)
        )
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")
            console.print(f"[green]✓[/] {out}", highlight=False)
