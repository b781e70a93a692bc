"""Sending a batch: by HTTP until it is taken, or into a file that is whole.

Belongs here: requests, waiting and trying again, and saying in a sentence what is
wrong. Does not belong here: what is in a request (destination.py and its kin).
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb
import httpx
import stamina

from orchestration.activation.destination import (
    ActivationError,
    Batch,
    Destination,
    Request,
    Settings,
)
from orchestration.patience import TransientError, patience, seconds_to_wait

logger = logging.getLogger("c360.export")

ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 120.0
"""A destination that asks for more patience than this gets the rest another time."""

TIMEOUT = httpx.Timeout(60, connect=10)


class DestinationError(Exception):
    """A destination does not take a batch; the message says why."""


class Courier(Protocol):
    """What brings batches to a destination."""

    def deliver(self, batch: Batch) -> None:
        """Bring a batch there.

        Raises:
            DestinationError: it was not taken.
        """


@contextmanager
def courier_to(
    destination: Destination, settings: Settings, audience_id: str
) -> Iterator[Courier]:
    """Yield what brings batches to a destination.

    Raises:
        ActivationError: where it is, is no address.
    """
    if destination.request is None:
        yield FileCourier(Path(settings["folder"]).expanduser(), audience_id)
        return
    url = httpx.URL(settings["url"])
    if url.scheme not in ("http", "https") or not url.host:
        raise ActivationError(
            f"The address of {destination.title} does not begin with https://; nothing "
            "was sent."
        )
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as http:
        yield HttpCourier(http, destination, settings, audience_id)


class HttpCourier:
    """Sends each batch as a request, again if need be: batches bear an id."""

    def __init__(
        self,
        http: httpx.Client,
        destination: Destination,
        settings: Settings,
        audience_id: str,
    ) -> None:
        self._http = http
        self._destination = destination
        self._settings = settings
        self._audience_id = audience_id

    def deliver(self, batch: Batch) -> None:
        """Send a batch until it is taken, or refused, or ATTEMPTS are over."""
        assert self._destination.request is not None
        request = self._destination.request(self._settings, self._audience_id, batch)
        try:
            for attempt in stamina.retry_context(
                on=patience(LONGEST_WAIT_SECONDS),
                attempts=ATTEMPTS,
                timeout=None,
                wait_initial=1,
                wait_max=60,
                wait_jitter=1,
            ):
                with attempt:
                    answer = self._ask(request)
                    if unread := _unread(answer):
                        logger.warning(
                            "%s could not read %d of %d people",
                            self._destination.title,
                            unread,
                            batch.size,
                        )
        except TransientError as error:
            raise DestinationError(
                f"{error}, also after {ATTEMPTS} attempts"
            ) from error

    def _ask(self, request: Request) -> httpx.Response:
        try:
            response = self._http.request(
                request.method,
                request.url,
                headers={"Content-Type": "application/json", **request.headers},
                content=request.content,
            )
        except httpx.TimeoutException as error:
            raise TransientError("did not answer in time") from error
        except httpx.TransportError as error:
            # The words of an error may hold the address, which may be a secret.
            raise TransientError(
                f"cannot be reached ({type(error).__name__})"
            ) from error
        status = f"{response.status_code} {response.reason_phrase}"
        if response.status_code == 429 or response.status_code >= 500:
            wait = seconds_to_wait(response.headers.get("Retry-After"))
            logger.warning("%s answers %s", self._destination.title, status)
            raise TransientError(f"answers {status}", wait)
        if response.status_code in (401, 403):
            token = self._destination.settings.get("token", "its address")
            raise DestinationError(f"refuses who sends ({status}): mend {token}")
        if not response.is_success:
            raise DestinationError(f"answers {status}{_reason(response)}")
        return response


class FileCourier:
    """Writes each batch as a CSV file whose name has its id."""

    def __init__(self, folder: Path, audience_id: str) -> None:
        self._folder = folder
        self._audience_id = audience_id

    def deliver(self, batch: Batch) -> None:
        """Write the file of a batch; written again, it is the same."""
        path = self._folder / (
            f"{self._audience_id}-{batch.operation}-{batch.batch_id}.csv"
        )
        unfinished = path.with_suffix(".tmp")
        columns = ("customer_id", "email", "given_name", "family_name", "language")
        kept = columns if batch.operation == "add" else columns[:1]
        values = ", ".join(f"member ->> '{name}' as {name}" for name in kept)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with duckdb.connect() as connection:
                connection.execute(
                    "create temp table members as select "
                    "unnest(from_json($members, '[\"json\"]')) as member",
                    {"members": batch.members},
                )
                connection.execute(
                    f"copy (select {values} from members order by customer_id) "
                    f"to '{unfinished}' (format csv, header true)"
                )
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.replace(path)
        except (OSError, duckdb.IOException) as error:
            raise DestinationError(
                f"cannot be written to {self._folder} ({str(error).splitlines()[0]})"
            ) from error


def _unread(response: httpx.Response) -> int:
    """Return how many people Meta says that it could not read."""
    try:
        return int(response.json()["num_invalid_entries"])
    except (ValueError, KeyError, TypeError):
        return 0


def _reason(response: httpx.Response) -> str:
    """Return what Google and Meta call the reason; other words may be about people."""
    try:
        message = response.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f" ({json.dumps(str(message)[:200], ensure_ascii=False)})"
