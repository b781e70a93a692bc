"""What the source YAML says of a table that an HTTP interface offers page by page.

Belongs here: the declaration, and what can be wrong with it. Does not belong here: the
requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from orchestration.ingestion.origins import environment_name, incremental_cursor

_AUTH = {
    "bearer": ("token_env",),
    "basic": ("user_env", "password_env"),
    "header": ("token_env",),
}
_SIZE = ("size", "size_parameter")
_PAGING: dict[str, frozenset[str]] = {
    "none": frozenset(),
    "cursor": frozenset({"parameter", "next", "more", "last", *_SIZE}),
    "link": frozenset({"next"}),
    "page": frozenset({"parameter", "start", *_SIZE}),
    "offset": frozenset({"parameter", *_SIZE}),
}
_NEEDED = {"cursor": ("parameter", "next")}


@dataclass(frozen=True)
class Auth:
    """How requests say who asks; secrets are in the environment."""

    type: str
    variables: tuple[str, ...]
    header: str = "Authorization"


@dataclass(frozen=True)
class Paging:
    """How one page leads to the next."""

    type: str = "none"
    parameter: str = ""
    """Query parameter that carries the cursor, the number of the page or the offset."""
    next: str | None = None
    """Where the answer holds the next cursor or link; None: the Link header."""
    more: str | None = None
    """Where the answer says that there is a next page."""
    last: str | None = None
    """Where the answer says that this page is the last one."""
    start: int = 1
    size: int | None = None
    """Rows a page."""
    size_parameter: str | None = None


@dataclass(frozen=True)
class RestOrigin:
    """A collection that an HTTP interface offers."""

    url_env: str
    """Environment variable that holds the URL of the interface."""
    endpoint: str
    rows: str | None = None
    """Where the answer holds its rows; None: the answer is the list."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    auth: Auth | None = None
    paging: Paging = Paging()
    total: str | None = None
    """Where the answer says how many rows there are on all pages."""
    cursor: str | None = None
    cursor_parameter: str | None = None
    """Query parameter that asks for rows from a cursor on."""
    cursor_format: str = "iso"
    overlap_seconds: float = 3600
    takes_files: bool = False
    """Whether files that people drop are taken as well, and do without a server."""

    SETTINGS: ClassVar = frozenset(
        {
            *("url_env", "endpoint", "rows", "parameters", "auth", "paging", "total"),
            *("cursor", "cursor_parameter", "cursor_format", "overlap_seconds"),
        }
    )
    format: ClassVar = "jsonl"
    switch_hint: ClassVar = (
        "It holds the address of the interface, such as https://example.zendesk.com."
    )
    deletes_every_hours: ClassVar = None

    @property
    def switch(self) -> str:
        """The environment variable without which nothing is fetched."""
        return self.url_env


def rest_origin(ingest: Mapping[str, Any], key: tuple[str, ...]) -> RestOrigin:
    """Read the declaration of a table of kind `rest`.

    Raises:
        ValueError: it is wrong; the message is the rest of a sentence about the table.
    """
    endpoint = ingest.get("endpoint")
    if not isinstance(endpoint, str) or not endpoint.startswith("/"):
        raise ValueError("kind rest needs meta.ingest.endpoint, a path such as /users")
    if not key:
        raise ValueError("kind rest needs meta.ingest.key, a list of columns")
    cursor = incremental_cursor(ingest)
    if bool(cursor) != bool(ingest.get("cursor_parameter")):
        raise ValueError(
            "meta.ingest.cursor and cursor_parameter go together: the column, and the "
            "query parameter that asks for rows from a value on"
        )
    form = ingest.get("cursor_format", "iso")
    if form not in ("iso", "unix", "number"):
        raise ValueError("meta.ingest.cursor_format must be iso, unix or number")
    overlap = ingest.get("overlap_seconds", 0 if form == "number" else 3600)
    if not isinstance(overlap, int | float) or overlap < 0:
        raise ValueError("meta.ingest.overlap_seconds must be a number of seconds")
    parameters = ingest.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise ValueError("meta.ingest.parameters must be a mapping of names to values")
    return RestOrigin(
        url_env=environment_name(ingest, "url_env"),
        endpoint=endpoint,
        rows=ingest.get("rows"),
        parameters={str(name): str(value) for name, value in parameters.items()},
        auth=_auth(ingest.get("auth")),
        paging=_paging(ingest.get("paging")),
        total=ingest.get("total"),
        cursor=cursor,
        cursor_parameter=ingest.get("cursor_parameter"),
        cursor_format=form,
        overlap_seconds=overlap,
        takes_files="format" in ingest,
    )


def _auth(declared: object) -> Auth | None:
    if declared is None:
        return None
    if not isinstance(declared, Mapping) or declared.get("type") not in _AUTH:
        raise ValueError(f"meta.ingest.auth.type must be one of {', '.join(_AUTH)}")
    names = _AUTH[declared["type"]]
    if unknown := set(declared) - {"type", "name", *names}:
        raise ValueError(f"meta.ingest.auth has unknown settings: {_list(unknown)}")
    if declared["type"] == "header" and not declared.get("name"):
        raise ValueError("meta.ingest.auth of type header needs name, that of a header")
    return Auth(
        type=declared["type"],
        variables=tuple(environment_name(declared, name) for name in names),
        header=str(declared.get("name", "Authorization")),
    )


def _paging(declared: object) -> Paging:
    if declared is None:
        return Paging()
    if not isinstance(declared, Mapping) or declared.get("type") not in _PAGING:
        raise ValueError(f"meta.ingest.paging.type must be one of {', '.join(_PAGING)}")
    kind = declared["type"]
    if unknown := set(declared) - {"type"} - _PAGING[kind]:
        raise ValueError(
            f"meta.ingest.paging of type {kind} has unknown settings: {_list(unknown)}"
        )
    if missing := [name for name in _NEEDED.get(kind, ()) if not declared.get(name)]:
        raise ValueError(f"meta.ingest.paging of type {kind} needs {_list(missing)}")
    size = declared.get("size")
    if size is not None and (not isinstance(size, int) or size < 1):
        raise ValueError("meta.ingest.paging.size must be a number of rows")
    return Paging(**{"parameter": kind, **declared})


def _list(names: object) -> str:
    assert isinstance(names, set | list)
    return ", ".join(sorted(names))
