"""What two customers share although they are two, and the rule that kept it unused.

Belongs here: cuts between two customers, and how a cut reads. Does not belong here: the
chain that joins records (explain.py), and what is cut (models/identity).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

IDENTIFIER_NAMES = {
    "email": "e-mail",
    "email_sha256": "e-mail (as a hash)",
    "phone": "phone number",
    "phone_sha256": "phone number (as a hash)",
    "user_id": "user id",
    "loyalty_id": "loyalty number",
    "payment_token": "payment token",
    "social_handle": "handle",
}


@dataclass(frozen=True)
class Cut:
    """An identifier that two people share and that was not used, and why."""

    identifier_type: str
    identifier_value: str
    reason: str
    record_count: int | None
    people_count: int | None
    record_key: str
    """The record that was kept apart by it."""
    kept_by_record_key: str | None = None
    """The record that the identifier went to, if it was used for one of the two."""
    limited_type: str | None = None
    value_count: int | None = None
    max_values: int | None = None

    @property
    def sentence(self) -> str:
        """The cut in words."""
        name = IDENTIFIER_NAMES.get(self.identifier_type, self.identifier_type)
        if self.identifier_value == self.kept_by_record_key:
            how = (
                "look like one"
                if self.identifier_type == "match"
                else (f"are said to be one ({self.identifier_type})")
            )
            return (
                f"{self.record_key} and {self.identifier_value} {how}, which was cut: "
                f"{self._limit}."
            )
        if self.kept_by_record_key:
            return (
                f"{self.record_key} states the {name} {self.identifier_value} as "
                f"{self.kept_by_record_key} does, which was cut: {self._limit}."
            )
        people = (
            f", by their names {self.people_count} people" if self.people_count else ""
        )
        return (
            f"Both state the {name} {self.identifier_value}, which was not used: "
            f"{self.reason.replace('_', ' ')} ({self.record_count} records{people})."
        )

    @property
    def _limit(self) -> str:
        if self.limited_type is None:
            return "a steward keeps the two apart"
        identifier_type, _, namespace = self.limited_type.partition("|")
        values = " ".join(
            filter(
                None,
                (namespace, IDENTIFIER_NAMES.get(identifier_type, identifier_type)),
            )
        )
        return (
            f"one customer would hold {self.value_count} values of {values}, and "
            f"{self.max_values} are allowed"
        )


def cuts_between(
    connection: duckdb.DuckDBPyConnection, one: str, other: str
) -> list[Cut]:
    """Return what two customers of a release share that was not used to join them."""
    ids = {"one": one, "other": other}
    cuts = connection.execute(
        """
        select
            mine.identifier_type,
            mine.identifier_value,
            mine.rejection_reason,
            mine.record_count,
            mine.people_count,
            min(mine.record_key) as record_key
        from marts.identity_cuts as mine
        inner join marts.identity_cuts as theirs
            using (identifier_type, namespace, identifier_value)
        where
            mine.customer_id = $one
            and theirs.customer_id = $other
            and mine.kept_by_record_key is null
        group by all
        order by all
        """,
        ids,
    ).fetchall()
    # What was cut went to one of the two.
    cuts += connection.execute(
        """
        select
            cuts.identifier_type,
            cuts.identifier_value,
            cuts.rejection_reason,
            cuts.record_count,
            cuts.people_count,
            cuts.record_key,
            cuts.kept_by_record_key,
            cuts.limited_type,
            cuts.value_count,
            cuts.max_values
        from marts.identity_cuts as cuts
        inner join marts.customer_records as keepers
            on cuts.kept_by_record_key = keepers.record_key
        where
            (cuts.customer_id = $one and keepers.customer_id = $other)
            or (cuts.customer_id = $other and keepers.customer_id = $one)
        order by all
        """,
        ids,
    ).fetchall()
    return [Cut(*row) for row in cuts]
