"""`c360 quarantine`: what is held back, and putting mended rows through again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.clock import moment
from orchestration.commands.terminal import console, errors, friendly_errors
from orchestration.warehouse import DataDir, connect
from orchestration.wording import counted

quarantine_app = typer.Typer(
    no_args_is_help=True,
    help=(
        "Rows that could not be loaded or cast: what is held, why, and mending it.\n\n"
        "**list** counts what waits. **show** tells each row, and with "
        "--out writes them to a file. Mend the **text** of rows in that file, "
        "then **replay** it. Rows whose text you leave alone stay.\n\n"
        "A file that was refused whole is mended by dropping it again under its name."
    ),
)


@quarantine_app.command("list")
def quarantine_list() -> None:
    """Count what waits in quarantine, by source table, stage and reason.

    Stage load: the row is no row of its file. Stage cast: a value is not of the type
    that its column declares.
    """
    from orchestration.ingestion.held_rows import count_held, print_counts

    with friendly_errors():
        print_counts(console, count_held(DataDir.from_env()))


@quarantine_app.command("show")
def quarantine_show(
    source: Annotated[
        str, typer.Argument(help="A table, as pos.members, or a system.")
    ],
    stage: Annotated[str | None, typer.Option(help="Only load, or only cast.")] = None,
    file: Annotated[
        str | None, typer.Option(help="Only of this file, relative to landing/.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Rows to print.")] = 20,
    out: Annotated[
        Path | None,
        typer.Option(help="Write all of them to this new file, to be mended."),
    ] = None,
) -> None:
    """Show rows in quarantine: file, line, column, reason, text.

    With --out they go to a file of JSON lines instead: change the text of those that
    you can mend, and hand the file to c360 quarantine replay. The file holds personal
    data; delete it when you are done.
    """
    from orchestration.ingestion.held_rows import held_rows, print_rows, write_held

    with friendly_errors():
        rows = held_rows(
            DataDir.from_env(),
            source,
            stage=stage,
            file=file,
            limit=None if out else limit,
        )
        if not out:
            print_rows(console, rows)
            return
        written = write_held(rows, out)
    console.print(
        f"[green]✓[/] {counted(written, 'row is', 'rows are')} in {out}. Mend the "
        f"text, then: c360 quarantine replay {out}",
        highlight=False,
    )


@quarantine_app.command("replay")
def quarantine_replay(
    mended: Annotated[Path, typer.Argument(help="What show --out wrote, mended.")],
) -> None:
    """Put mended rows back through the pipeline; what is not mended stays.

    They land as a new file beside their own and are loaded at once; the next run judges
    and builds with them. Doing it twice changes nothing. Exit code 1: a row that was
    changed is still no good, and stays.
    """
    from orchestration.ingestion.replay import replay
    from orchestration.ingestion.sources import source_tables
    from orchestration.project import manifest

    data = DataDir.from_env()
    with friendly_errors():
        warehouse = data.built_warehouse()
        sources = source_tables(manifest())
        with connect(warehouse) as connection:
            result = replay(connection, sources, data, mended, moment(connection))
    for path in result.files:
        console.print(f"[green]✓[/] Landed and loaded {path}", highlight=False)
    console.print(
        f"Rows replayed now: {result.replayed:,}; in an earlier replay: "
        f"{result.done_before:,}; left as they were, and still held: "
        f"{result.unchanged:,}.",
        highlight=False,
    )
    for sentence in result.refused:
        errors.print("[red]✗[/] ", end="")
        errors.print(sentence, markup=False, highlight=False)
    if result.replayed:
        console.print("Next: c360 run")
    if result.refused:
        raise typer.Exit(1)
