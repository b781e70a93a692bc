"""`c360 backup`, `restore` and `rebuild`: against the day when a disk is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.status import Status

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir
from orchestration.wording import counted


def backup(
    to: Annotated[
        Path, typer.Option(help="Where backups go: best on another disk.")
    ] = Path("backups"),
    warehouse: Annotated[
        bool,
        typer.Option(help="Copy the warehouse, too; it can be rebuilt without."),
    ] = True,
) -> None:
    """Copy landing/, archive/, state/, warehouse and current release to a new folder.

    The copy is taken while no run writes: during a run the command refuses. Each
    backup is a folder c360-TIME with a manifest that holds every file's checksum; it
    has that name only once it is whole. Old backups are yours to delete.

    Put it back with: c360 restore DIR/c360-TIME
    """
    from orchestration.kept.backup import back_up

    data = DataDir.from_env()
    with friendly_errors(), console.status("Copying …") as status:
        made = back_up(
            data,
            to.resolve(),
            with_warehouse=warehouse,
            progress=lambda name: status.update(f"Copying {name} …"),
        )
    console.print(
        f"[green]✓[/] {counted(len(made.files), 'file')} "
        f"({made.bytes / 1e6:,.0f} MB) in {made.path}",
        highlight=False,
        soft_wrap=True,
    )


def restore(
    source: Annotated[
        Path, typer.Argument(metavar="FROM", help="A folder that c360 backup made.")
    ],
    force: Annotated[
        bool, typer.Option(help="Replace the data that is there already.")
    ] = False,
) -> None:
    """Put a backup back into the data directory (C360_DATA_DIR).

    Every file is verified against the manifest before anything is touched; a damaged
    backup changes nothing. Readers keep the release that they see until the restored
    one takes its place. A backup without a warehouse is enough: the next c360 run
    rebuilds it from landing/ and state/, with the same ids and decisions.

    People who were erased since the backup was made are erased again, which takes a
    run; what people withdrew and asked since is kept. Cut short, it is finished with
    c360 privacy erase --resume.
    """
    from orchestration.kept.restore import restore as put_back

    data = DataDir.from_env()
    with friendly_errors(), console.status("Verifying …") as status:
        backup = put_back(
            source.resolve(),
            data,
            force=force,
            progress=lambda name: status.update(f"Verifying {name} …"),
        )
        erased = _erase_again(data, status)
    then = (
        f"{erased} people who were erased since are erased again."
        if erased
        else "Next: c360 run"
    )
    console.print(
        f"[green]✓[/] {data.root} is as it was on {backup.created_at:%F %T} UTC. "
        f"{then}",
        highlight=False,
        soft_wrap=True,
    )


def rebuild() -> None:
    """Put a damaged warehouse aside; the next run builds a new one.

    Ids, accepted and rejected batches and quarantine come back as they were, from
    landing/ and state/. Readers keep the release that they see.
    """
    from orchestration.kept.restore import set_warehouse_aside

    with friendly_errors():
        aside = set_warehouse_aside(DataDir.from_env())
    console.print(
        f"[green]✓[/] The old warehouse is {aside}; delete it when you are done with "
        "it. Next: c360 run",
        highlight=False,
        soft_wrap=True,
    )


def _erase_again(data: DataDir, status: Status) -> int:
    """Finish the erasure that a restore began; return how many people it was of."""
    from orchestration.privacy.erasure import journal

    erasure = journal.pending(data)
    if erasure is None:
        return 0
    from orchestration.privacy.erasure.erase import carry_on
    from orchestration.project import manifest

    carry_on(data, manifest(), lambda phase: status.update(f"Erasing again: {phase} …"))
    return len(erasure.customer_ids)
