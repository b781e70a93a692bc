"""`c360 retention` and `c360 reload`: what is too old, and days to be read again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir, connect
from orchestration.wording import counted


def retention(
    dry_run: Annotated[
        bool, typer.Option(help="Only tell what would be removed.")
    ] = False,
) -> None:
    """Remove what is older than it is kept: raw rows, archive, reports, logs and more.

    A table keeps rows as long as config.meta.retention_days of its source YAML says,
    counted from the day of the drop; without it, for good. The files move to archive/.
    All else is kept as vars.retention_days of dbt_project.yml says; what went is in
    the access log. Doing it twice changes nothing; the next run builds without rows.
    """
    from orchestration.ingestion.retention_job import remove_what_is_too_old

    with friendly_errors():
        removals, aged = remove_what_is_too_old(DataDir.from_env(), dry_run=dry_run)
    verb = "would leave" if dry_run else "left"
    for removal in removals:
        console.print(
            f"{removal.source}: {counted(removal.rows, 'row')} of "
            f"{counted(removal.files, 'file')} {verb} "
            f"after {removal.retention_days} days",
            highlight=False,
        )
    for found in aged:
        console.print(
            f"{found.place}: {counted(found.items, 'item')} {verb} after "
            f"{found.days} days",
            highlight=False,
        )
    if not removals and not aged:
        console.print("[green]✓[/] Nothing is older than it is kept.")
    elif removals and not dry_run:
        console.print("Next: c360 run")


def reload(
    source: Annotated[str, typer.Argument(help="The table, as segment.events.")],
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")
    ],
    last: Annotated[
        datetime | None,
        typer.Option(
            "--to", formats=["%Y-%m-%d"], help="Last day; default, the first."
        ),
    ] = None,
) -> None:
    """Have the files of some days read again by the next run: a backfill.

    Days are those of the drop. Each file is loaded as a new version, which replaces its
    rows once the gate accepts it; what it reaches is built again. Files that retention
    moved to archive/ come back: raise retention_days first, or they leave again.
    """
    from orchestration.ingestion.retention import ask_again
    from orchestration.ingestion.sources import source_tables
    from orchestration.project import manifest

    data = DataDir.from_env()
    with friendly_errors():
        tables = {table.name: table for table in source_tables(manifest())}
        if source not in tables:
            raise ValueError(
                f"No source {source!r} is declared; there are {', '.join(tables)}."
            )
        with connect(data.built_warehouse()) as connection:
            days = (first.date(), (last or first).date())
            paths = ask_again(connection, tables[source], data, *days)
    console.print(
        f"[green]✓[/] {counted(len(paths), 'file')} of {source} to read again. "
        "Next: c360 run",
        highlight=False,
    )
