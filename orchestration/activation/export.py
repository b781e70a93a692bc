"""Exporting an audience: the difference to what its destination has, batch by batch.

It reads the published release and never the warehouse, so it waits for no run. What is
on its way is planned anew each time, with the consent of that moment; batches that
arrived are known, so a repeat goes on where the last one was cut off. Belongs here: the
order of things. Does not belong here: any of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.activation.delivery import DestinationError, courier_to
from orchestration.activation.destination import ActivationError, Destination, Settings
from orchestration.activation.destinations import find_destination
from orchestration.activation.difference import (
    Difference,
    plan_difference,
    planned_batches,
)
from orchestration.activation.recipients import (
    Audience,
    find_audience,
    gather_recipients,
    opened_release,
    unread_consents,
)
from orchestration.activation.sent import sent_to
from orchestration.privacy import access_log
from orchestration.releases.directory import current_manifest
from orchestration.warehouse import DataDir

Progress = Callable[[str], None]


class ExportStoppedError(ActivationError):
    """A destination failed half-way; the message says how far the export got."""


@dataclass(frozen=True)
class Export:
    """What an export sent, or would send.

    Attributes:
        audience: what was exported.
        destination: where to.
        difference: people and batches.
        withdrawn: members of the release who have withdrawn their consent since.
    """

    audience: Audience
    destination: Destination
    difference: Difference
    withdrawn: int


@dataclass(frozen=True)
class Preview:
    """Who would be at a destination, with values masked."""

    audience: Audience
    destination: Destination
    recipients: int
    withdrawn: int
    rows: list[dict[str, str | None]]


def export_audience(
    data: DataDir,
    audience_id: str,
    destination_name: str,
    *,
    dry_run: bool = False,
    despite_unread: bool = False,
    by: str | None = None,
    progress: Progress = lambda _: None,
) -> Export:
    """Bring a destination's copy of an audience up to date.

    Args:
        data: the data directory.
        audience_id: the audience, of the published release.
        destination_name: the destination.
        dry_run: find out what there is to send, and send nothing.
        despite_unread: export although files with consent landed after the release.
        by: who exports; the user of this process by default.
        progress: is told what is being done.

    Raises:
        ActivationError: the audience or destination is unknown, a setting is missing,
            or newer consent is waiting; nothing was sent.
        ExportStoppedError: the destination failed half-way; a repeat continues.
        AccessLogError: the export cannot be logged; nothing was sent.
        FileNotFoundError: nothing was published yet.
    """
    destination = find_destination(destination_name)
    with opened_release(data) as connection:
        audience = find_audience(connection, audience_id, destination)
        settings = destination.settings_for(audience_id)
        if not despite_unread:
            _refuse_unread_consents(data)
        copy = f"{audience_id}.{_place(settings)}"
        with sent_to(data, destination, copy) as sent:
            withdrawn = gather_recipients(connection, data, audience)
            sent.load(connection)
            difference = plan_difference(connection, destination)
            export = Export(audience, destination, difference, withdrawn)
            if dry_run or difference.batches == 0:
                sent.fold(connection)
                return export
            release = (current_manifest(data) or {}).get("run_id")
            facts = {
                "destination": destination.name,
                "release": release,
                "adds": difference.adds,
                "removes": difference.removes,
                "withdrawn": withdrawn,
                "batches": difference.batches,
            }

            def log(action: str, **more: object) -> None:
                access_log.append(
                    data,
                    action,
                    subject=audience_id,
                    purpose=audience.purpose,
                    details={**facts, **more},
                    by=by,
                )

            # What is not logged is not handed out.
            log("audience.export")
            taken = 0
            try:
                with courier_to(destination, settings, audience_id) as courier:
                    target = f"{destination.name}/{copy}"
                    for batch in planned_batches(connection, target, difference):
                        progress(f"Batch {batch.number} of {difference.batches}")
                        if batch.size:
                            courier.deliver(batch)
                        sent.take(connection, batch)
                        taken += 1
            except DestinationError as error:
                log("audience.export_stopped", taken=taken, reason=str(error))
                raise ExportStoppedError(
                    f"{destination.title} {error}. {taken} of {difference.batches} "
                    "batches arrived and are remembered; the same command sends the "
                    "rest."
                ) from error
            sent.fold(connection)
            log("audience.exported", taken=taken)
    return export


def preview_audience(
    data: DataDir, audience_id: str, destination_name: str, *, rows: int = 5
) -> Preview:
    """Return who would be at a destination, and a few of them with values masked.

    Raises:
        ActivationError: the audience or the destination is unknown.
        FileNotFoundError: nothing was published yet.
    """
    destination = find_destination(destination_name)
    with opened_release(data) as connection:
        audience = find_audience(connection, audience_id, destination)
        withdrawn = gather_recipients(connection, data, audience)
        (count,) = connection.execute("select count(*) from recipients").fetchall()[0]
        shown = connection.execute(
            f"""
            select
                customer_id,
                left(given_name, 1) || '…' as given_name,
                left(family_name, 1) || '…' as family_name,
                regexp_replace(
                    email, '^(.).*@(.).*(\\.[^.]+)$', '\\1…@\\2…\\3'
                ) as email,
                left(phone, 3) || '…' || right(phone, 2) as phone,
                left({destination.email_key}, 8) || '…' as email_hash,
                left({destination.phone_key}, 8) || '…' as phone_hash
            from recipients
            order by customer_id
            limit {rows:d}
            """
        )
        names = [column[0] for column in shown.description]
        sample = [dict(zip(names, row, strict=True)) for row in shown.fetchall()]
    return Preview(audience, destination, count, withdrawn, sample)


def _refuse_unread_consents(data: DataDir) -> None:
    unread = unread_consents(data)
    if unread:
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        raise ActivationError(
            f"Files that may hold withdrawals landed after the release was made "
            f"({unread[0]}{more}). Run c360 run, then export; or say "
            "--despite-unread-consents."
        )


def _place(settings: Settings) -> str:
    """Return a name for where a copy is: another list or address is another copy."""
    if "list" in settings:
        return re.sub(r"[^\w-]", "_", settings["list"])
    where = settings.get("folder") or settings["url"]
    return hashlib.sha256(where.encode()).hexdigest()[:8]
