"""Corrections of what is known of a customer (GDPR, article 16).

What systems say stays as they say it; in the golden record a correction wins over all
of them, with the rule `rectified`, until it is taken back. Belongs here: the journal,
`state/rectifications.jsonl`, and which values may be corrected to what. Does not belong
here: how a correction wins (`golden_record.sql`).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from orchestration.privacy.journal import Journal
from orchestration.warehouse import DataDir

FORMS = {
    "given_name": r".+",
    "middle_name": r".+",
    "family_name": r".+",
    "birth_date": r"\d{4}-\d\d-\d\d",
    "gender": r"\w+",
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "phone": r"\+[1-9]\d{6,14}",
    "street": r".+",
    "city": r".+",
    "region": r".+",
    "postal_code": r".+",
    "country_code": r"[A-Z]{2}",
    "company": r".+",
    "job_title": r".+",
    "language": r"[a-z]{2}",
    "time_zone": r"\w+(/[\w+-]+)*",
}
"""What may be corrected, and what a value must look like."""


class RectificationError(ValueError):
    """A correction cannot be made or taken back; the message says why."""


@dataclass(frozen=True)
class Rectification:
    """What an attribute of a customer is, whatever systems say."""

    rectification_id: str
    customer_id: str
    attribute: str
    value: str
    rectified_at: datetime
    """UTC."""


def rectify(
    data: DataDir,
    corrections: Collection[tuple[str, str, str]],
    *,
    by: str | None = None,
) -> list[str]:
    """Keep corrections, all or none; they hold from the next run on.

    Args:
        data: the data directory.
        corrections: customer id, attribute and value of each.
        by: who makes them; the user of this process by default.

    Returns:
        The id of each correction, by which it is taken back.

    Raises:
        RectificationError: a value does not fit its attribute, or there is no such one.
    """
    entries = [
        {
            "rectification_id": uuid.uuid4().hex[:8],
            "customer_id": customer_id,
            "attribute": attribute,
            "value": checked(attribute, value),
        }
        for customer_id, attribute, value in corrections
    ]
    journal(data).append(entries, by)
    return [entry["rectification_id"] for entry in entries]


def undo(data: DataDir, rectification_id: str, *, by: str | None = None) -> str:
    """Take a correction back from the next run on; return whose it was.

    Raises:
        RectificationError: no such correction stands.
    """
    standing = {made.rectification_id: made for made in rectifications(data)}
    if rectification_id not in standing:
        raise RectificationError(
            f"No correction {rectification_id} stands. The access log names them: "
            "c360 privacy log"
        )
    customer_id = standing[rectification_id].customer_id
    entry = {"customer_id": customer_id, "undone": rectification_id}
    journal(data).append([entry], by)
    return customer_id


def rectifications(data: DataDir) -> list[Rectification]:
    """Return the corrections that stand, the oldest first.

    Raises:
        StateUnreadableError: a line of the journal is none.
    """
    standing: dict[str, Rectification] = {}
    for entry in journal(data).entries():
        if "undone" in entry:
            standing.pop(entry["undone"], None)
        else:
            standing[entry["rectification_id"]] = Rectification(
                entry["rectification_id"],
                entry["customer_id"],
                entry["attribute"],
                entry["value"],
                entry["at"],
            )
    return list(standing.values())


def forget_settled(data: DataDir, before: datetime, *, dry_run: bool = False) -> int:
    """Take out corrections that were taken back before a moment; return the lines."""
    undone = {
        entry["undone"]
        for entry in journal(data).entries()
        if "undone" in entry and entry["at"] < before
    }
    return journal(data).keep(
        lambda entry: entry.get("rectification_id", entry.get("undone")) not in undone,
        dry_run=dry_run,
    )


def checked(attribute: str, value: str) -> str:
    """Return a value without blanks around it.

    Raises:
        RectificationError: it does not fit its attribute, or there is no such one.
    """
    if attribute not in FORMS:
        raise RectificationError(
            f"{attribute!r} cannot be corrected. What can be: {', '.join(FORMS)}."
        )
    text = value.strip()
    fits = re.fullmatch(FORMS[attribute], text) is not None
    if fits and attribute == "birth_date":
        try:
            fits = date.fromisoformat(text) <= date.today()
        except ValueError:
            fits = False
    if not fits:
        examples = {
            "birth_date": "1984-08-17",
            "email": "ann@example.org",
            "phone": "+12025550143",
            "country_code": "GB",
            "language": "en",
            "time_zone": "Europe/London",
        }
        like = f", such as {examples[attribute]}" if attribute in examples else ""
        raise RectificationError(f"{text!r} is no {attribute}{like}.")
    return text


def journal(data: DataDir) -> Journal:
    """Return the journal of corrections."""
    return Journal.of(data, "rectifications")
