"""`c360 audience …`: who is in an audience, and sending it to where it is used."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir
from orchestration.wording import counted

audience_app = typer.Typer(
    no_args_is_help=True,
    help=(
        "Audiences of the published release: who is in them, and sending them to "
        "google, meta, email_csv or webhook. See docs/guides/activation.md."
    ),
)

AudienceId = Annotated[str, typer.Argument(metavar="AUDIENCE", help="Its id.")]
To = Annotated[str, typer.Option("--to", help="google, meta, email_csv or webhook.")]


@audience_app.command("list")
def list_() -> None:
    """List the audiences of the release, and how many they reach."""
    from orchestration.activation.recipients import list_audiences, opened_release

    with friendly_errors(), opened_release(DataDir.from_env()) as connection:
        audiences = list_audiences(connection)
    table = Table(box=None)
    # Whole at any width: an id is for typing.
    table.add_column("audience", no_wrap=True, overflow="ignore")
    table.add_column("what for")
    table.add_column("channel")
    for title in ("named", "members", "control"):
        table.add_column(title, justify="right")
    for found in audiences:
        table.add_row(
            found.audience_id,
            found.name,
            found.channel,
            f"{found.customer_count:,}",
            f"{found.member_count:,}",
            f"{found.control_count:,}",
        )
    console.print(table)


@audience_app.command()
def preview(
    audience: AudienceId,
    to: To,
    rows: Annotated[int, typer.Option(min=0, help="How many people to show.")] = 5,
) -> None:
    """Show who would be at a destination, with names, addresses and numbers masked."""
    from orchestration.activation.export import preview_audience

    with friendly_errors():
        found = preview_audience(DataDir.from_env(), audience, to, rows=rows)
    console.print(
        f"{found.recipients:,} of {found.audience.member_count:,} members would be at "
        f"{found.destination.title}; {found.audience.control_count:,} are held back, "
        f"{found.withdrawn:,} withdrew since the release.",
        highlight=False,
    )
    if found.rows:
        names = [name for name in found.rows[0] if any(row[name] for row in found.rows)]
        table = Table(*names, box=None)
        for row in found.rows:
            table.add_row(*(row[name] or "" for name in names))
        console.print(table, highlight=False)


@audience_app.command()
def export(
    audience: AudienceId,
    to: To,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent; send nothing.")
    ] = False,
    despite_unread_consents: Annotated[
        bool,
        typer.Option(
            "--despite-unread-consents",
            help="Export although files with consent landed after the release.",
        ),
    ] = False,
) -> None:
    """Send a destination what changed in an audience since the last export there.

    Whoever has withdrawn consent, also after the release was made, is removed. Cut off
    or failed half-way, the same command sends the rest. Exit code 1: not all arrived.
    """
    from orchestration.activation.export import export_audience

    with friendly_errors(), console.status("Preparing …") as status:
        done = export_audience(
            DataDir.from_env(),
            audience,
            to,
            dry_run=dry_run,
            despite_unread=despite_unread_consents,
            progress=lambda text: status.update(f"{text} …"),
        )
    change = done.difference
    verb = "Would add" if dry_run else "Added"
    console.print(
        f"[green]✓[/] {verb} {change.adds:,} and {'remove' if dry_run else 'removed'} "
        f"{change.removes:,} at {done.destination.title}, in "
        f"{counted(change.batches, 'batch', 'batches')}; {change.unchanged:,} were "
        f"there already, {done.withdrawn:,} withdrew since the release.",
        highlight=False,
        soft_wrap=True,
    )


@audience_app.command()
def log(
    last: Annotated[int, typer.Option(help="Show so many entries at most.")] = 20,
) -> None:
    """Show what was exported, where to, by whom, and how it ended."""
    from orchestration.privacy.access_log import entries

    with friendly_errors():
        found = [
            entry
            for entry in entries(DataDir.from_env())
            if entry["action"].startswith("audience.")
        ]
    table = Table(
        "when (UTC)", "who", "what", "audience", "to", "adds", "removes", box=None
    )
    for entry in found[-last:]:
        details = entry["details"]
        table.add_row(
            f"{entry['at']:%Y-%m-%d %H:%M}",
            entry["by"],
            entry["action"].removeprefix("audience."),
            entry["subject"],
            details["destination"],
            f"{details['adds']:,}",
            f"{details['removes']:,}",
        )
    console.print(table)
