"""Who is alike, but not joined unseen: what waits between two for a steward."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

_REASONS = {
    "queued": "which is too little to join them unseen",
    "namesakes": "but two of one family may bear one name",
    "unique_identifiers": "but one customer would hold too many of an identifier",
}


@dataclass(frozen=True)
class Waiting:
    """Two records that are alike, and why that did not join them."""

    record_key: str
    other_record_key: str
    reason: str
    confidence: float
    """Probability that they are one."""

    @property
    def sentence(self) -> str:
        """The doubt in words."""
        why = _REASONS.get(self.reason, self.reason.replace("_", " "))
        return (
            f"{self.record_key} and {self.other_record_key} are alike, with a "
            f"probability of {self.confidence:.3f} to be one, {why}: a steward decides."
        )


def waiting_for(
    connection: duckdb.DuckDBPyConnection, one: str, other: str | None = None
) -> list[Waiting]:
    """Return what waits between two customers of a release, or one and anybody."""
    rows = connection.execute(
        """
        select record_key, other_record_key, reason, confidence
        from marts.identity_review_queue
        where
            source = 'match'
            and $one in (customer_id, other_customer_id)
            and ($other is null or $other in (customer_id, other_customer_id))
        order by confidence desc, record_key, other_record_key
        """,
        {"one": one, "other": other},
    )
    return [Waiting(*row) for row in rows.fetchall()]
