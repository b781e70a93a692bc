"""`c360 privacy restrict|unrestrict|rectify`: rights that change what is used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.privacy import (
    RIGHTS,
    Because,
    FromFile,
    People,
    named_people,
    privacy_app,
)
from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only say what would be done, and to whom.")
]


@privacy_app.command(rich_help_panel=RIGHTS)
def restrict(
    people: People = None,
    from_file: FromFile = None,
    because: Because = None,
    dry_run: DryRun = False,
) -> None:
    """Keep the data of a person and stop using it (GDPR, article 18).

    Exports leave the person out from this moment on; with the next run no audience,
    contact or recommendation has them any more. All are found, or none is restricted.
    """
    _restrict(people, from_file, because, dry_run, restricted=True)


@privacy_app.command(rich_help_panel=RIGHTS)
def unrestrict(
    people: People = None,
    from_file: FromFile = None,
    because: Because = None,
    dry_run: DryRun = False,
) -> None:
    """Lift the restriction of a person; it holds from the next run on."""
    _restrict(people, from_file, because, dry_run, restricted=False)


@privacy_app.command(rich_help_panel=RIGHTS)
def rectify(
    person: Annotated[
        str | None, typer.Argument(help="Who; any identifier.", show_default=False)
    ] = None,
    attribute: Annotated[
        str | None, typer.Option(help="Column of customers, such as birth_date.")
    ] = None,
    value: Annotated[str | None, typer.Option(help="What it is.")] = None,
    from_file: Annotated[
        Path | None,
        typer.Option("--from", help="A CSV file with person, attribute and value."),
    ] = None,
    undo: Annotated[
        str | None, typer.Option(help="Take the correction of this id back.")
    ] = None,
    because: Because = None,
    dry_run: DryRun = False,
) -> None:
    """Correct what is known of a person (GDPR, article 16).

    What systems say stays as they say it; in the golden record the correction wins over
    all of them from the next run on, until it is taken back.
    """
    from orchestration.privacy import (
        access_log,
        corrections,
        rectifications,
        subjects,
    )
    from orchestration.privacy.access import opened

    with friendly_errors():
        data = DataDir.from_env()
        if undo:
            customer_id = rectifications.undo(data, undo)
            access_log.append(
                data,
                "privacy.rectify_undo",
                subject=customer_id,
                purpose=because,
                details={"rectification_id": undo},
            )
            console.print(f"[green]✓[/] {customer_id}: {undo} is taken back.")
            return
        asked = corrections.read_file(from_file) if from_file else []
        if person and attribute and value:
            named = subjects.Request(person.strip())
            asked.append(corrections.Correction(named, attribute, value))
        elif not from_file:
            raise ValueError(
                "Name a person, an --attribute and a --value, or a file with --from."
            )
        with opened(data) as connection:
            found = corrections.found(connection, asked)
        made = [""] * len(found)
        if not dry_run:
            made = rectifications.rectify(data, found)
        for (customer_id, what, _), rectification_id in zip(found, made, strict=True):
            if rectification_id:
                access_log.append(
                    data,
                    "privacy.rectify",
                    subject=customer_id,
                    purpose=because,
                    details={"attribute": what, "rectification_id": rectification_id},
                )
            told = (
                f"is corrected ({rectification_id})"
                if rectification_id
                else ("would be corrected")
            )
            console.print(f"[green]✓[/] {customer_id}: {what} {told}.", highlight=False)


def _restrict(
    people: Sequence[str] | None,
    from_file: Path | None,
    because: str | None,
    dry_run: bool,
    *,
    restricted: bool,
) -> None:
    from orchestration.privacy import access_log, restrictions
    from orchestration.privacy.access import opened
    from orchestration.privacy.subjects import find_customers

    with friendly_errors():
        named = named_people(people, from_file)
        data = DataDir.from_env()
        with opened(data) as connection:
            customers = find_customers(connection, named)
        change = restrictions.restrict if restricted else restrictions.unrestrict
        standing = {made.customer_id for made in restrictions.restrictions(data)}
        new = [c for c in customers if (c in standing) is not restricted]
        if not dry_run:
            new = change(data, customers)
        for customer_id in new:
            if not dry_run:
                access_log.append(
                    data,
                    "privacy.restrict" if restricted else "privacy.unrestrict",
                    subject=customer_id,
                    purpose=because,
                )
    word = "restricted" if restricted else "no longer restricted"
    for customer_id in customers:
        told = "would be" if dry_run else "is"
        if customer_id not in new:
            told = "already is" if restricted else "was not restricted, so it is"
        console.print(f"[green]✓[/] {customer_id} {told} {word}.", highlight=False)
