"""Whose data is kept and not used (GDPR, article 18), and who sees it all the same.

Belongs here: hiding such customers from whoever has no right to see them, alike in
pages, API and MCP. Does not belong here: restricting somebody
(orchestration/privacy/restrictions.py).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import duckdb

from app import identity
from app.access import ForbiddenError, Person, Right, Role
from app.release import Release
from orchestration.privacy.restrictions import journal, restrictions
from orchestration.warehouse import DataDir

# The journal as it was read (inode, time, size), and who was restricted by it.
_Known = tuple[tuple[int, ...], frozenset[str]]

_known: WeakKeyDictionary[Release, _Known] = WeakKeyDictionary()
_asking = threading.Lock()


class RestrictedError(ForbiddenError):
    """The data of a customer is restricted; the message says who sees it."""


@dataclass(frozen=True)
class Restrictions:
    """The restrictions of a release, as they concern one person.

    Attributes:
        customer_ids: whose data is restricted, by the ids of the release.
        hidden: those of them whom the person may not see.
    """

    customer_ids: frozenset[str]
    hidden: frozenset[str]

    def current_id(
        self, connection: duckdb.DuckDBPyConnection, customer_id: str
    ) -> str:
        """Return the id that a customer has now, if the person may see them.

        Raises:
            UnknownCustomerError: there is no such customer.
            RestrictedError: they may not.
        """
        current = identity.current_id(connection, customer_id)
        self.require(current)
        return current

    def require(self, customer_id: str) -> None:
        """Refuse a customer whom the person may not see, by their id of now.

        Raises:
            RestrictedError: they may not.
        """
        if customer_id in self.hidden:
            holders = ", ".join(
                role for role in Role if Person("", role).may(Right.SEE_RESTRICTED)
            )
            raise RestrictedError(
                f"The data of {customer_id} is restricted: it is kept and not used "
                f"(GDPR, article 18). These roles see it: {holders}."
            )

    def conceal(self, content: Any) -> Any:
        """Return rows with nothing but the id of the hidden, and no pair with them."""
        if not self.hidden:
            return content
        if isinstance(content, list):
            return [self.conceal(row) for row in content if not self._is_pair(row)]
        if not isinstance(content, dict):
            return content
        if content.get("customer_id") not in self.hidden:
            return {name: self.conceal(value) for name, value in content.items()}
        return dict.fromkeys(content) | {
            "customer_id": content["customer_id"],
            "is_restricted": True,
        }

    def _is_pair(self, row: Any) -> bool:
        """Tell whether a row compares one of the hidden with somebody else."""
        if not isinstance(row, dict) or "other_customer_id" not in row:
            return False
        return not self.hidden.isdisjoint(
            (row["customer_id"], row["other_customer_id"])
        )


def restrictions_for(person: Person, release: Release, data: DataDir) -> Restrictions:
    """Return the restrictions of a release and those stated since.

    Raises:
        StateUnreadableError: a line of the journal is none.
    """
    customer_ids = _restricted(release, data)
    may_see = person.may(Right.SEE_RESTRICTED)
    return Restrictions(customer_ids, frozenset() if may_see else customer_ids)


def _restricted(release: Release, data: DataDir) -> frozenset[str]:
    stamp = _stamp(data)
    with _asking:
        known = _known.get(release)
        if known is None or known[0] != stamp:
            known = _known[release] = stamp, _read(release, data)
        return known[1]


def _stamp(data: DataDir) -> tuple[int, ...]:
    try:
        status = journal(data).path.stat()
    except FileNotFoundError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _read(release: Release, data: DataDir) -> frozenset[str]:
    """Ask the release, and lead the ids of the journal to those of the release."""
    stated = [made.customer_id for made in restrictions(data)]
    with release.read(masked=False) as connection:
        found = connection.execute(
            "select customer_id from marts.customers where is_restricted"
        ).fetchall()
        if stated:
            found += connection.execute(
                "select current_customer_id from marts.customer_id_aliases "
                "where customer_id in (select unnest(?))",
                [stated],
            ).fetchall()
    return frozenset(customer_id for (customer_id,) in found if customer_id)
