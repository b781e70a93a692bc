"""Customers whose data is kept and not used (GDPR, article 18), until it is lifted.

Exports ask the journal, `state/restrictions.jsonl`, so it holds at once for them; with
the next run no audience, contact or recommendation has the customer any more. Belongs
here: who is restricted. Does not belong here: what follows (`consents.sql`, exports).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from orchestration.privacy.journal import Journal
from orchestration.warehouse import DataDir


@dataclass(frozen=True)
class Restriction:
    """A customer whose data must not be used."""

    customer_id: str
    """As it was when it was asked for; aliases lead to that of today."""
    restricted_at: datetime
    """UTC."""


def restrict(
    data: DataDir, customer_ids: Collection[str], *, by: str | None = None
) -> list[str]:
    """Restrict customers; return those who were not yet."""
    return _say(data, customer_ids, restricted=True, by=by)


def unrestrict(
    data: DataDir, customer_ids: Collection[str], *, by: str | None = None
) -> list[str]:
    """Lift restrictions; return those who had one."""
    return _say(data, customer_ids, restricted=False, by=by)


def restrictions(data: DataDir) -> list[Restriction]:
    """Return the restrictions that stand, the oldest first.

    Raises:
        StateUnreadableError: a line of the journal is none.
    """
    standing: dict[str, Restriction] = {}
    for entry in journal(data).entries():
        customer_id = entry["customer_id"]
        if not entry.get("restricted"):
            standing.pop(customer_id, None)
        elif customer_id not in standing:
            standing[customer_id] = Restriction(customer_id, entry["at"])
    return list(standing.values())


def forget_settled(data: DataDir, before: datetime, *, dry_run: bool = False) -> int:
    """Take out restrictions that were lifted before a moment; return the lines."""
    latest = {entry["customer_id"]: entry for entry in journal(data).entries()}
    settled = {
        customer_id
        for customer_id, entry in latest.items()
        if not entry["restricted"] and entry["at"] < before
    }
    return journal(data).keep(
        lambda entry: entry["customer_id"] not in settled, dry_run=dry_run
    )


def journal(data: DataDir) -> Journal:
    """Return the journal of restrictions."""
    return Journal.of(data, "restrictions")


def _say(
    data: DataDir, customer_ids: Collection[str], *, restricted: bool, by: str | None
) -> list[str]:
    standing = {made.customer_id for made in restrictions(data)}
    new = [
        customer_id
        for customer_id in dict.fromkeys(customer_ids)
        if (customer_id in standing) is not restricted
    ]
    journal(data).append(
        [{"customer_id": new_id, "restricted": restricted} for new_id in new], by
    )
    return new
