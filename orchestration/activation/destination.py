"""What a destination is: what it is told of a person, and how requests are made.

Belongs here: the words that all destinations are described in. Does not belong here:
any one of them (google.py, meta.py, tools.py), and sending (delivery.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Operation = Literal["remove", "add"]

Settings = Mapping[str, str]


class ActivationError(ValueError):
    """Nothing was sent; the message says why and what to do."""


@dataclass(frozen=True)
class Batch:
    """People who go in one request, or one file.

    Attributes:
        batch_id: made of what is in it, so that a repeat has the same.
        number: which of the batches of the export it is, from 1.
        operation: whether they are added or removed.
        members: what is said of them, a JSON array.
        size: how many they are.
    """

    batch_id: str
    number: int
    operation: Operation
    members: str
    size: int


@dataclass(frozen=True)
class Request:
    """What to ask of an HTTP interface."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True)
class Destination:
    """A kind of place that audiences go to.

    Attributes:
        name: as commands call it.
        title: as people call it.
        channels: audiences of these channels may go there.
        email_key: SQL over a recipient: the e-mail address as it is compared there.
        phone_key: likewise, the phone.
        rest: SQL: JSON of all else that is told of a person.
        member: SQL over email_key, phone_key, rest and customer_id: a person as JSON,
            or null for one whom the destination cannot know.
        leaver: likewise for one who is removed.
        is_hashed: whether all but country and postal code is hashed, so that it may
            be kept to remove the person by.
        batch_size: people in a request, at most.
        settings: environment variables by what they are; `{AUDIENCE}` is the audience.
        optional: settings that may be missing, with their defaults.
        request: makes a request of a batch; None for files.
    """

    name: str
    title: str
    channels: frozenset[str]
    email_key: str
    phone_key: str
    rest: str
    member: str
    leaver: str
    is_hashed: bool
    batch_size: int
    settings: Mapping[str, str]
    optional: Mapping[str, str]
    request: Callable[[Settings, str, Batch], Request] | None

    def settings_for(self, audience_id: str) -> dict[str, str]:
        """Return what the environment says of the destination.

        Raises:
            ActivationError: something is missing.
        """
        found = {}
        for key, pattern in self.settings.items():
            variable = pattern.format(AUDIENCE=audience_id.upper())
            found[key] = os.environ.get(variable) or self.optional.get(key, "")
            is_refused = key == "terms" and found[key] != "accepted"
            if is_refused or (key not in self.optional and not found[key]):
                raise ActivationError(
                    f"{self.title} needs the environment variable {variable} "
                    f"({_MEANINGS[key]}); nothing was sent."
                )
        return found


_MEANINGS = {
    "url": "the address to send to",
    "token": "the access token",
    "account": "the id of the account that owns the list",
    "list": "the id of the list at the destination",
    "terms": "the word `accepted`, if you accept its terms for customer lists",
    "folder": "the folder to write to",
}


def bearer(settings: Settings) -> dict[str, str]:
    """Return the header that says who sends."""
    return {"Authorization": f"Bearer {settings['token']}"}


def with_json(body: Mapping[str, Any], key: str, value: str) -> bytes:
    """Return `body` with one key more, whose value is JSON already."""
    return f"{json.dumps(body)[:-1]}, {json.dumps(key)}: {value}}}".encode()
