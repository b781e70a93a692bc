"""What an answer says: its rows, how many there are in all, and how to go on.

Belongs here: reading answers and making the next request of them. Does not belong here:
sending it (rest_client.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from orchestration.ingestion.extracted import ExtractError
from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.rest_client import Answer, plain
from orchestration.ingestion.rest_origin import RestOrigin
from orchestration.ingestion.sources import SourceTable


@dataclass(frozen=True)
class Request:
    """One page to ask for."""

    url: str
    parameters: dict[str, str]


def first_request(source: SourceTable, low: str | None) -> Request:
    """Return the request for the first page, of rows from `low` on if it is given."""
    origin = _origin(source)
    paging = origin.paging
    parameters = dict(origin.parameters)
    if low is not None:
        assert origin.cursor_parameter
        parameters[origin.cursor_parameter] = _as_parameter(source, low)
    if paging.size and paging.size_parameter:
        parameters[paging.size_parameter] = str(paging.size)
    if paging.type == "page":
        parameters[paging.parameter] = str(paging.start)
    elif paging.type == "offset":
        parameters[paging.parameter] = "0"
    return Request(origin.endpoint, parameters)


def next_request(
    source: SourceTable, request: Request, answer: Answer, rows: int, rows_so_far: int
) -> Request | None:
    """Return the request for the page after an answer, None after the last one.

    A page that is not full is no end: some interfaces filter what they have cut. Where
    pages are counted, an empty one is the end, or as many rows as there are in all.

    Raises:
        ExtractError: the answer says that there is more, but not where.
    """
    origin = _origin(source)
    paging = origin.paging
    if paging.type == "none":
        return None
    if paging.type in ("page", "offset"):
        total = total_of(source, answer)
        if not rows or (total is not None and rows_so_far >= total):
            return None
        place = int(request.parameters[paging.parameter])
        step = 1 if paging.type == "page" else rows
        parameters = {**request.parameters, paging.parameter: str(place + step)}
        return Request(request.url, parameters)
    if paging.last and _dig(answer.body, paging.last):
        return None
    if paging.more and not _dig(answer.body, paging.more):
        return None
    following = _dig(answer.body, paging.next) if paging.next else answer.next_link
    if following in (None, ""):
        if paging.more:
            raise ExtractError(
                f"{source.name} cannot be fetched: its answer says that there is more, "
                f"but {paging.next or 'the Link header'} does not say where."
            )
        return None
    if paging.type == "link":
        return Request(str(answer.url.join(str(following))), {})
    token = str(plain(following))
    return Request(request.url, {**request.parameters, paging.parameter: token})


def rows_of(source: SourceTable, answer: Answer) -> list[dict[str, Any]]:
    """Return the rows of an answer.

    Raises:
        ExtractError: they are not where they should be, or have no key.
    """
    origin = _origin(source)
    rows = _dig(answer.body, origin.rows) if origin.rows else answer.body
    if not isinstance(rows, list):
        has = ", ".join(list(answer.body)[:8]) if isinstance(answer.body, dict) else ""
        raise ExtractError(
            f"{source.name} cannot be fetched: its answer has no list "
            f"{'at ' + origin.rows if origin.rows else 'of rows'} "
            f"(it has {has or 'a ' + type(answer.body).__name__}). Did the interface "
            "change?"
        )
    if not all(isinstance(row, dict) for row in rows):
        raise ExtractError(
            f"{source.name} cannot be fetched: a row of its answer is no JSON object."
        )
    named = [name for name in source.key if any(_has(row, name) for row in rows)]
    if rows and (lacking := sorted(set(source.key) - set(named))):
        raise ExtractError(
            f"{source.name} cannot be fetched: no row of its answer has "
            f"{', '.join(lacking)}, its key. Did the interface change?"
        )
    return rows


def total_of(source: SourceTable, answer: Answer) -> int | None:
    """Return how many rows the interface says there are on all pages.

    Raises:
        ExtractError: meta.ingest.total names no number.
    """
    origin = _origin(source)
    if origin.total is None:
        return None
    total = _dig(answer.body, origin.total)
    try:
        return int(total)
    except (TypeError, ValueError) as error:
        raise ExtractError(
            f"{source.name} cannot be fetched: its answer has no number at "
            f"{origin.total}, which meta.ingest.total names."
        ) from error


def highest_cursor(
    source: SourceTable, rows: list[dict[str, Any]], highest: str | None
) -> tuple[str | None, bool]:
    """Return the highest cursor of rows and of `highest`, and if a row has none.

    Raises:
        ExtractError: a cursor is no time and no number.
    """
    column = _origin(source).cursor
    if column is None:
        return None, False
    found = [
        plain(value)
        for row in rows
        for name, value in row.items()
        if value is not None and (name == column or snake_case(name) == column)
    ]
    values = [_canonical(source, value) for value in found]
    known = [*values, *filter(None, [highest])]
    top = max(known, key=lambda value: _comparable(source, value), default=None)
    return top, len(found) < len(rows)


def key_of(source: SourceTable, row: dict[str, Any]) -> tuple[str, ...]:
    """Return the key of a row, as text."""
    named = {snake_case(name): str(value) for name, value in row.items()}
    return tuple(named.get(name, "") for name in source.key)


def is_before(source: SourceTable, cursor: str, other: str) -> bool:
    """Return whether a kept cursor is lower than another one."""
    return _comparable(source, cursor) < _comparable(source, other)


def not_after(source: SourceTable, cursor: str | None, now: datetime) -> str | None:
    """Return a cursor, but not from the future: it would hide the rows of today."""
    if cursor is None or _origin(source).cursor_format == "number":
        return cursor
    return min(cursor, now.isoformat(), key=datetime.fromisoformat)


def before_overlap(source: SourceTable, cursor: str) -> str:
    """Return the cursor from which the next extract asks."""
    seconds = _origin(source).overlap_seconds
    value = _comparable(source, cursor)
    if isinstance(value, Decimal):
        return str(value - Decimal(str(seconds)))
    return (value - timedelta(seconds=seconds)).isoformat()


def window(
    source: SourceTable, files: Mapping[str, str | None], low: str | None
) -> dict[str, str | None]:
    """Return those of the landed files that rows from `low` on may be in."""
    if low is None:
        reads_all = _origin(source).cursor is None and source.mode != "snapshot"
        return dict(files) if reads_all else {}
    return {
        file: highest
        for file, highest in files.items()
        if highest is None or not is_before(source, highest, low)
    }


def _comparable(source: SourceTable, cursor: str) -> Any:
    if _origin(source).cursor_format == "number":
        return Decimal(cursor)
    return datetime.fromisoformat(cursor)


def _as_parameter(source: SourceTable, cursor: str) -> str:
    """Return a kept cursor as the interface wants to be asked for it."""
    value = _comparable(source, cursor)
    if isinstance(value, Decimal):
        return str(value)
    if _origin(source).cursor_format == "unix":
        return str(int(value.replace(tzinfo=UTC).timestamp()))
    return value.isoformat(timespec="seconds") + "Z"


def _canonical(source: SourceTable, value: Any) -> str:
    """Return a cursor as it is kept: a number, or a time in UTC without a zone."""
    try:
        if _origin(source).cursor_format == "number":
            return str(Decimal(str(value)))
        if isinstance(value, int):
            moment = datetime.fromtimestamp(value, UTC)
        else:
            moment = datetime.fromisoformat(value)
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat()
    except (ValueError, TypeError, OverflowError, InvalidOperation) as error:
        raise ExtractError(
            f"{source.name} cannot be fetched: the cursor of a row is {value!r}, which "
            "is no time and no number."
        ) from error


def _dig(body: Any, path: str) -> Any:
    """Return what a path such as meta.next leads to, None where it leads nowhere."""
    for name in path.split("."):
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def _has(row: dict[str, Any], column: str) -> bool:
    return column in row or any(snake_case(name) == column for name in row)


def _origin(source: SourceTable) -> RestOrigin:
    assert isinstance(source.origin, RestOrigin)
    return source.origin
