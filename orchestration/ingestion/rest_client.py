"""Asking an HTTP interface until it answers, or saying in a sentence why it does not.

Belongs here: requests, who asks, waiting and trying again. Does not belong here: what
an answer says (rest_pages.py).
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import stamina

from orchestration.ingestion.extracted import ExtractError
from orchestration.ingestion.rest_origin import RestOrigin
from orchestration.ingestion.sources import SourceTable
from orchestration.patience import TransientError, patience, seconds_to_wait

logger = logging.getLogger("c360.fetch")

ATTEMPTS = 6
LONGEST_WAIT_SECONDS = 300.0
"""An interface that asks for more patience than this is asked again by the next run."""

_TIMEOUT = httpx.Timeout(60, connect=10)
_KEPT = "What landed before stays."
_NUMBER_MARK = "\ue000"


@dataclass(frozen=True)
class Answer:
    """One answer; numbers with a point in it are spelt as they came, see `line`."""

    body: Any
    url: httpx.URL
    next_link: str | None


class Client:
    """Requests to the interface of one source table."""

    def __init__(
        self, source: SourceTable, http: httpx.Client, base: httpx.URL
    ) -> None:
        self.source = source
        self.base = base
        self._http = http

    def get(self, url: str, parameters: dict[str, str]) -> Answer:
        """Return the answer of a URL, relative to the interface or absolute.

        Raises:
            ExtractError: it is refused, or does not come in ATTEMPTS attempts.
        """
        target = self.base.join(url)
        if (target.host, target.port) != (self.base.host, self.base.port):
            raise ExtractError(
                f"{self.source.name} cannot be fetched: its next page is on "
                f"{target.host}, another host than {self.base.host}, which must not be "
                f"shown who asks. {_KEPT}"
            )
        target = target.copy_merge_params(parameters)
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
                    return self._ask(target)
        except TransientError as error:
            raise ExtractError(
                f"{self.source.name} cannot be fetched: {self.base.host} {error}, also "
                f"after {ATTEMPTS} attempts. {_KEPT}"
            ) from error
        raise AssertionError("an attempt returns or raises")

    def _ask(self, target: httpx.URL) -> Answer:
        try:
            response = self._http.get(target)
        except httpx.TimeoutException as error:
            raise TransientError("did not answer in time") from error
        except httpx.TransportError as error:
            what = str(error) or type(error).__name__
            raise TransientError(f"cannot be reached ({what})") from error
        if response.status_code == 429 or response.status_code >= 500:
            raise TransientError(
                f"answers {response.status_code} {response.reason_phrase}",
                seconds_to_wait(response.headers.get("Retry-After")),
            )
        if response.status_code != 200:
            raise self._refusal(response)
        try:
            body = json.loads(response.content, parse_float=_marked)
        except ValueError as error:
            raise TransientError("sends an answer that is no whole JSON") from error
        link = response.links.get("next", {}).get("url")
        return Answer(body=body, url=response.url, next_link=link)

    def _refusal(self, response: httpx.Response) -> ExtractError:
        status = f"{response.status_code} {response.reason_phrase}"
        origin = self.source.origin
        assert isinstance(origin, RestOrigin)
        if response.status_code in (401, 403):
            who = " and ".join(origin.auth.variables if origin.auth else ())
            return ExtractError(
                f"{self.source.name} cannot be fetched: {self.base.host} refuses who "
                f"asks ({status}). Mend {who or 'meta.ingest.auth, which is missing'}. "
                f"{_KEPT}"
            )
        if response.status_code in (404, 410):
            return GoneError(
                f"{self.source.name} is not there at the source: {self.base.host} "
                f"answers {status} to {response.url.path}. {_KEPT}"
            )
        text = " ".join(response.text.split())[:200]
        return ExtractError(
            f"{self.source.name} cannot be fetched: {self.base.host} answers {status} "
            f"to {response.url.path} ({text or 'no reason given'}). {_KEPT}"
        )


class GoneError(ExtractError):
    """The collection, or the page that was to come next, is not there any more."""


@contextmanager
def connected(source: SourceTable) -> Iterator[Client]:
    """Yield a client for the interface of a table.

    Raises:
        ExtractError: its address or what says who asks is not set.
    """
    origin = source.origin
    assert isinstance(origin, RestOrigin)
    base = httpx.URL(os.environ[origin.url_env].rstrip("/") + "/")
    if base.scheme not in ("http", "https") or not base.host:
        raise ExtractError(
            f"{source.name} cannot be fetched: {origin.url_env} is not an address that "
            f"begins with https://. {_KEPT}"
        )
    headers = {"Accept": "application/json", "User-Agent": "customer360"}
    auth = None
    if origin.auth:
        secrets = [_secret(source, name) for name in origin.auth.variables]
        if origin.auth.type == "basic":
            auth = httpx.BasicAuth(*secrets)
        elif origin.auth.type == "bearer":
            headers["Authorization"] = f"Bearer {secrets[0]}"
        else:
            headers[origin.auth.header] = secrets[0]
    stamina.instrumentation.set_on_retry_hooks([_tell])
    with httpx.Client(headers=headers, auth=auth, timeout=_TIMEOUT) as http:
        yield Client(source, http, base)


def line(row: dict[str, Any]) -> str:
    """Return a row as one line of JSON, its numbers digit by digit as they came.

    A number with a point becomes text where it is a value of its own, which raw is in
    any case: the reader of JSON would round it. Within a value it stays a number.
    """
    values = {name: plain(value) for name, value in row.items()}
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.replace(f'"{_NUMBER_MARK}', "").replace(f'{_NUMBER_MARK}"', "")


def plain(value: Any) -> Any:
    """Return a value of an answer; a number with a point in it as the text it was."""
    return value.strip(_NUMBER_MARK) if isinstance(value, str) else value


def _marked(number: str) -> str:
    # As a float, 1.10 would become 1.1 and 1e400 infinite.
    return f"{_NUMBER_MARK}{number}{_NUMBER_MARK}"


def _secret(source: SourceTable, name: str) -> str:
    secret = os.environ.get(name)
    if not secret:
        raise ExtractError(
            f"{source.name} cannot be fetched: the environment variable {name} is not "
            f"set; meta.ingest.auth names it. {_KEPT}"
        )
    return secret


def _tell(details: stamina.instrumentation.RetryDetails) -> None:
    logger.warning(
        "The interface %s; trying again in %.0f s", details.caused_by, details.wait_for
    )
