"""Damaged rows, planted on purpose and counted, so that quarantine can be judged.

Every damaged row is an extra one, made from the first good row of a file: nothing true
is lost when it is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

_LOAD = {"too_few_fields", "broken_quote", "invalid_utf8", "truncated_json", "not_json"}
"""Kinds that the loader must refuse."""

_CAST = {"letter_in_number", "impossible_date"}
"""Kinds that load as text and must be refused when staging casts them."""

FEWEST_ROWS = 200
"""Rows that a file must have to be damaged: few enough of them are bad for a gate."""

_PLANTED: dict[str, dict[str, int]] = {
    "hubspot/contacts": {"too_few_fields": 2, "broken_quote": 1, "invalid_utf8": 1},
    "hubspot/deals": {"letter_in_number": 2},
    "pos/members": {"too_few_fields": 1, "invalid_utf8": 1},
    "pos/transactions": {
        "broken_quote": 1,
        "too_few_fields": 2,
        "duplicated_row": 1,
    },
    "pos/lines": {"letter_in_number": 3},
    "surveys/responses": {"letter_in_number": 1, "too_few_fields": 1},
    "consent/statements": {"impossible_date": 1},
    "shopify/orders": {"truncated_json": 1},
    "shopify/customers": {"invalid_utf8": 1},
    "klaviyo/events": {"truncated_json": 2},
    "zendesk/tickets": {"not_json": 1},
    "social/posts": {"truncated_json": 1},
    "segment/events": {"truncated_json": 2, "not_json": 1, "duplicated_row": 3},
}

_DAMAGED_COLUMN = {
    "Amount": "12O.50",
    "quantity": "l",
    "score": "ten",
    "stated_at": "2026-02-30 25:61:00",
}


def planted_in(table: str, rows: int) -> dict[str, int]:
    """Return how many rows of which kind are planted in a table's first file.

    Args:
        table: `<system>/<table>`.
        rows: good rows of the file.
    """
    return _PLANTED.get(table, {}) if rows >= FEWEST_ROWS else {}


def refused_at_load(kinds: dict[str, int]) -> int:
    """Return how many of the planted rows the loader must quarantine."""
    return sum(count for kind, count in kinds.items() if kind in _LOAD)


def refused_at_cast(kinds: dict[str, int]) -> int:
    """Return how many of the planted rows staging must quarantine."""
    return sum(count for kind, count in kinds.items() if kind in _CAST)


def lines(kinds: dict[str, int], first: bytes, header: bytes) -> Iterator[bytes]:
    """Yield the damaged lines, made from the first good line of the file."""
    for kind, count in kinds.items():
        for number in range(1, count + 1):
            yield _damaged(kind, number, first.rstrip(b"\n"), header) + b"\n"


def _damaged(kind: str, number: int, first: bytes, header: bytes) -> bytes:
    if kind == "too_few_fields":
        return b",".join(first.split(b",")[:2])
    if kind == "broken_quote":
        return b'"' + first.replace(b'"', b"")
    if kind == "invalid_utf8":
        return first[:12] + b"\xff\xfe" + first[12:]
    if kind == "truncated_json":
        return first[: len(first) // 2]
    if kind == "not_json":
        return b"<html>502 Bad Gateway</html>"
    if kind == "duplicated_row":
        return first
    return _miscast(number, first.decode(), header.decode())


def _miscast(number: int, first: str, header: str) -> bytes:
    names = next(csv.reader([header]))
    values = next(csv.reader([first]))
    values[0] = f"{values[0]}-{number}"
    for index, name in enumerate(names):
        values[index] = _DAMAGED_COLUMN.get(name, values[index])
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue().encode()
