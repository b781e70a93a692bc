"""`c360 privacy …`: what people may ask of whoever holds data on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orchestration.commands.erase import erase
from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir
from orchestration.wording import counted

if TYPE_CHECKING:
    from orchestration.privacy.access import Dossier
    from orchestration.privacy.subjects import Request

privacy_app = typer.Typer(
    no_args_is_help=True,
    help=(
        "The rights of the people that the data is about. They are named by customer "
        "id (an old one will do), by record key (system:entity:id), or by any "
        "identifier such as an e-mail address; one that several customers state is "
        "refused, not guessed at. Every request is in the access log."
    ),
)

RIGHTS = "What a person may ask for"
DUTIES = "What you answer for"

People = Annotated[
    list[str] | None, typer.Argument(metavar="PERSON…", help="Who; any identifier.")
]
FromFile = Annotated[
    Path | None, typer.Option("--from", help="A text file that names one a line.")
]
Out = Annotated[Path, typer.Option(help="Folder to write to, for your eyes only.")]
Because = Annotated[
    str | None,
    typer.Option("--because", help="Why, for the access log: a ticket, say."),
]


class Channel(StrEnum):
    """By which people can be reached; marts.consents has a row for each."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"
    ADS = "ads"


@privacy_app.command(rich_help_panel=RIGHTS)
def access(
    people: People = None,
    from_file: FromFile = None,
    out: Out = Path("privacy-requests"),
    because: Because = None,
) -> None:
    """Write down everything that is held on a person, as JSON (GDPR, article 15).

    It holds the raw rows of every system and what was made of them, with what each
    table and column means, rows in quarantine, and where else the same is processed.
    Rows that others share, such as those under the e-mail address of a family, are told
    only where they are the person's own. No run may be writing meanwhile.
    """
    from orchestration.privacy.access import write_access

    _answer("privacy.access", write_access, people, from_file, out, because)


@privacy_app.command(rich_help_panel=RIGHTS)
def portability(
    people: People = None,
    from_file: FromFile = None,
    out: Out = Path("privacy-requests"),
    because: Because = None,
) -> None:
    """Pack what the systems hold on a person as CSV files in a ZIP (article 20).

    That is what the person gave and did, table by table as the systems exported it,
    without segments, scores and whatever else was concluded.
    """
    from orchestration.privacy.access import Dossier, write_portability

    _answer(
        "privacy.portability",
        write_portability,
        people,
        from_file,
        out,
        because,
        part=Dossier.as_exported,
    )


@privacy_app.command(rich_help_panel=RIGHTS)
def withdraw(
    person: Annotated[str, typer.Argument(help="Who; any identifier.")],
    purpose: Annotated[
        str | None, typer.Option(help="What for; by default, all purposes.")
    ] = None,
    channel: Annotated[
        Channel | None, typer.Option(help="By which channel; by default, by any.")
    ] = None,
    because: Because = None,
) -> None:
    """Take back consent; exports leave the person out from this moment on.

    It needs no run, and waits for none. All whom the identifier names are left out.
    """
    from orchestration.privacy import access_log
    from orchestration.privacy.withdrawals import withdraw as keep

    with friendly_errors():
        data = DataDir.from_env()
        if not data.root.is_dir():
            raise FileNotFoundError(
                f"There is no data directory {data.root}, so nothing is withdrawn. "
                "Set C360_DATA_DIR to the one that is used."
            )
        made = keep(data, person, purpose=purpose, channel=channel)
        access_log.append(
            data,
            "privacy.withdraw",
            purpose=because,
            details={"purpose": purpose, "channel": channel},
        )
    console.print(
        f"[green]✓[/] {made.purpose or 'Every purpose'} by "
        f"{made.channel or 'any channel'} is withdrawn. Exports hold to it from now "
        "on.",
        highlight=False,
    )


@privacy_app.command(rich_help_panel=DUTIES)
def log(
    subject: Annotated[
        str | None, typer.Argument(help="Only entries on this customer or audience.")
    ] = None,
    last: Annotated[int, typer.Option(help="Show so many entries at most.")] = 20,
) -> None:
    """Show who asked for what, and prove that the log is as it was written.

    Exit code 1: an entry was edited, moved or taken out; the message says where.
    """
    from orchestration.privacy.access_log import entries, verify

    data = DataDir.from_env()
    with friendly_errors():
        broken = verify(data)
        if broken:
            raise ValueError(str(broken))
        found = [e for e in entries(data) if subject in (None, e["subject"])]
    table = Table("when (UTC)", "who", "what", "on", "why", box=None)
    for entry in found[-last:]:
        table.add_row(
            f"{entry['at']:%Y-%m-%d %H:%M}",
            entry["by"],
            entry["action"],
            entry["subject"] or "",
            entry["purpose"] or "",
        )
    if found:
        console.print(table)
    console.print(
        f"[green]✓[/] {len(found):,} entries, as they were written.", highlight=False
    )


privacy_app.command(rich_help_panel=RIGHTS)(erase)


def _answer(
    action: str,
    write: Callable[[Dossier, Path], Path],
    people: list[str] | None,
    from_file: Path | None,
    out: Path,
    because: str | None,
    part: Callable[[Dossier], Dossier] = lambda dossier: dossier,
) -> None:
    """Answer requests, all of them or none: who is meant is found out first."""
    with friendly_errors(), console.status("Reading …") as status:
        from orchestration.privacy import access_log
        from orchestration.privacy.access import dossier_on, opened
        from orchestration.privacy.subjects import find_customers
        from orchestration.project import manifest

        named = named_people(people, from_file)
        data = DataDir.from_env()
        with opened(data) as connection:
            customers = find_customers(connection, named)
            for number, customer_id in enumerate(customers, 1):
                status.update(f"Reading {number} of {len(customers)} …")
                dossier = part(dossier_on(connection, manifest(), customer_id))
                # What is not logged is not handed out.
                access_log.append(
                    data,
                    action,
                    subject=customer_id,
                    purpose=because,
                    details={"rows": dossier.row_count},
                )
                path = write(dossier, out)
                console.print(
                    f"[green]✓[/] {customer_id}: {counted(dossier.row_count, 'row')} "
                    f"of {counted(len(dossier.holdings), 'table')} → {path}",
                    highlight=False,
                    soft_wrap=True,
                )


def named_people(people: Sequence[str] | None, from_file: Path | None) -> list[Request]:
    """Return who is named on the command line and in a file.

    Raises:
        BadRequestError: the file names nobody.
        ValueError: nobody is named.
    """
    from orchestration.privacy.subjects import Request, read_file

    named = [Request(text.strip()) for text in people or ()]
    named += read_file(from_file) if from_file else []
    if not named:
        raise ValueError("Name somebody, or a file of people with --from.")
    return named
