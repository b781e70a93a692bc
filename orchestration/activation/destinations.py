"""The destinations that there are; a new one is added here."""

from __future__ import annotations

from orchestration.activation.destination import ActivationError, Destination
from orchestration.activation.google import GOOGLE
from orchestration.activation.meta import META
from orchestration.activation.tools import EMAIL_CSV, WEBHOOK

DESTINATIONS = {
    destination.name: destination for destination in (GOOGLE, META, EMAIL_CSV, WEBHOOK)
}


def find_destination(name: str) -> Destination:
    """Return a destination by its name.

    Raises:
        ActivationError: there is none of that name.
    """
    if name not in DESTINATIONS:
        raise ActivationError(
            f"There is no destination {name!r}; destinations are "
            f"{', '.join(DESTINATIONS)}."
        )
    return DESTINATIONS[name]
