"""The parts of a profile as a person may see them, read once per release.

Who may not see personal data reads the masked file of the release, and their rows are
kept apart from those of the others. Belongs here: reading and caching. Does not belong
here: what a part is (app/customers.py), and who may see what (app/access.py).
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import customers
from app.access import Person, Right, log, reading
from app.release import Release
from app.restricted import restrictions_for
from app.web.releases import current_release, journal

_SECONDS = 600
"""Personal data is not held for longer than this, whoever looks."""


class Profile:
    """A customer of the release in use, as one person may see them.

    Attributes:
        customer_id: The id that they have now.
        person: Who looks.
        is_restricted: Whether their data is kept and not used.
    """

    def __init__(self, person: Person, customer_id: str) -> None:
        """Find a customer by any id that they ever had.

        Raises:
            UnknownCustomerError: Nobody has or had it.
            RestrictedError: The person may not see them.
            NotPublishedError: There is no release.
        """
        self.person = person
        self.release = current_release()
        self.is_masked = not person.may(Right.SEE_PERSONAL_DATA)
        with reading(self.release, person) as connection:
            self._restrictions = restrictions_for(person, self.release, journal().data)
            self.customer_id = self._restrictions.current_id(connection, customer_id)
        self.is_restricted = self.customer_id in self._restrictions.customer_ids

    def part(self, name: str) -> Any:
        """Return a part of the profile by its name in `customers.PARTS`."""
        part = _part(
            str(self.release.path),
            self.release,
            self.is_masked,
            self.person,
            self.customer_id,
            name,
        )
        return self._restrictions.conceal(part)

    @property
    def golden_record(self) -> dict[str, Any]:
        """The row of `marts.customers`."""
        return self.part("golden_record")

    def log_view(self) -> None:
        """Put in the access log that this profile is seen; once while it is open.

        Raises:
            AccessLogError: It could not be written, so nothing may be shown.
        """
        seen = (self.customer_id, str(self.release.path), self.person.name)
        if st.session_state.get("_seen") != seen:
            log(
                journal(),
                self.person,
                "profile.view",
                subject=self.customer_id,
                details={"by": "app"},
            )
            st.session_state["_seen"] = seen


@st.cache_data(max_entries=2000, ttl=_SECONDS, show_spinner=False)
def _part(
    path: str,
    _release: Release,
    is_masked: bool,
    _person: Person,
    customer_id: str,
    name: str,
) -> Any:
    read = customers.PARTS.get(name, customers.golden_record)
    with reading(_release, _person) as connection:
        return read(connection, customer_id)
