"""Who may see what: roles, the rights that each has, and the log of what was seen.

Belongs here: the rights, and asking for them. Does not belong here: finding out who
somebody is, which signing in (pages) and tokens (tokens.py) do; and how values are
masked, which publishing does (releases/files.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb

from app.journal import Journal
from app.release import Release


class Right(StrEnum):
    """What somebody may do."""

    READ = "read"
    """Read profiles, segments and figures, personal data masked."""
    SEE_PERSONAL_DATA = "see_personal_data"
    """Read names, addresses and texts, and search by them."""
    SEE_RESTRICTED = "see_restricted"
    """Read the data of customers for whom it is kept and not used."""
    EXPORT = "export"
    """Take lists of people away as a file."""
    DECIDE = "decide"
    """Decide who is one person and who is not."""
    ACT_ON_PRIVACY = "act_on_privacy"
    """Answer requests of access, rectification, restriction and erasure."""
    READ_ACCESS_LOG = "read_access_log"
    """Read who saw whom."""
    ADMINISTER = "administer"
    """Give tokens and roles."""


class Role(StrEnum):
    """What somebody is; each has the rights of `RIGHTS`."""

    VIEWER = "viewer"
    AGENT = "agent"
    STEWARD = "steward"
    PRIVACY_OFFICER = "privacy_officer"
    ADMIN = "admin"


_AGENT = frozenset({Right.READ, Right.SEE_PERSONAL_DATA})

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.AGENT: _AGENT,
    Role.STEWARD: _AGENT | {Right.DECIDE},
    Role.PRIVACY_OFFICER: _AGENT
    | {
        Right.SEE_RESTRICTED,
        Right.ACT_ON_PRIVACY,
        Right.EXPORT,
        Right.READ_ACCESS_LOG,
    },
    Role.ADMIN: frozenset(Right),
}


class ForbiddenError(PermissionError):
    """Somebody asked for what their role does not allow; the message says which."""


@dataclass(frozen=True)
class Person:
    """Somebody who signed in, or a program with a token.

    Attributes:
        name: as the access log will know them.
        role: what they are.
    """

    name: str
    role: Role

    def may(self, right: Right) -> bool:
        """Tell whether they have a right."""
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Refuse unless they have a right.

        Raises:
            ForbiddenError: they have not.
        """
        if not self.may(right):
            holders = ", ".join(role for role in Role if right in RIGHTS[role])
            raise ForbiddenError(
                f"The role {self.role} has no right to {right.replace('_', ' ')}. "
                f"These have: {holders}."
            )


@contextmanager
def reading(release: Release, person: Person) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to what a person may see of a release.

    Who may not see personal data gets the masked file, where there is none to be shown
    by mistake.

    Raises:
        ForbiddenError: they may read nothing.
        NotPublishedError: the release has no masked file.
    """
    person.require(Right.READ)
    masked = not person.may(Right.SEE_PERSONAL_DATA)
    with release.read(masked=masked) as connection:
        yield connection


def log(
    journal: Journal,
    person: Person,
    action: str,
    *,
    subject: str | None = None,
    purpose: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Put in the access log what a person is about to see; it is there on return.

    Args:
        journal: where it is written.
        person: who.
        action: `profile.view`, `search`, `segment.export` and the like.
        subject: the customer or segment; never a value that erasure must remove.
        purpose: what for, if they said.
        details: what else belongs to it, no personal data.

    Raises:
        AccessLogError: it could not be written, so it must not be shown either.
    """
    journal.write(
        action,
        subject=subject,
        purpose=purpose,
        details={"role": person.role, **(details or {})},
        by=person.name,
    )
