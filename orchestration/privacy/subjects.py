"""Whom a request is about: one person or a whole file of them, found all or none.

Belongs here: reading requests and telling which customers they mean, with everything
that is wrong with any of them in one go. Does not belong here: what is done then.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

MAX_LENGTH = 320
"""Characters: an e-mail address has no more (RFC 3696, erratum 1690)."""

_MEANT = """
with

asked as (select text, trim(text) as name, lower(trim(text)) as low from requests),

by_id as (

    select asked.text, aliases.current_customer_id as customer_id
    from asked
    inner join marts.customer_id_aliases as aliases
        on upper(asked.name) = aliases.customer_id

    union

    select asked.text, records.customer_id
    from asked
    inner join marts.customer_records as records on asked.name = records.record_key

),

by_identifier as (

    select asked.text, held.customer_id
    from asked
    inner join marts.customer_identifiers as held
        on held.identifier_value in (asked.name, asked.low)

    union

    select asked.text, links.customer_id
    from asked
    inner join marts.identity_links as links
        on links.identifier_value in (asked.name, asked.low)

)

select text, list(customer_id order by customer_id) as customer_ids
from (
    from by_id
    union
    from by_identifier
    anti join by_id using (text)
)
where customer_id is not null
group by text
"""


_WAYS = (
    "A person is named by a customer id, a record key (system:entity:id), an e-mail "
    "address, a phone number (+49…) or another id."
)
_SHOWN = 20


class BadRequestError(ValueError):
    """Requests cannot be followed; the message says which lines and why."""


@dataclass(frozen=True)
class Request:
    """Somebody whom a request is about, as they were named."""

    text: str
    place: str = ""
    """Where it was named: `people.txt, line 3: `, or nothing on the command line."""
    fault: str | None = None
    """Why nobody can be meant by it."""


def read_file(path: Path) -> list[Request]:
    """Return what a file names, one a line; empty lines do not count.

    A line that cannot be one identifier is a request with a fault.

    Raises:
        BadRequestError: the file names nobody.
        FileNotFoundError: there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    requests = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        place = f"{path}, line {number}: "
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            fault = f"byte {error.start + 1} is not UTF-8 text"
            requests.append(Request("", place, fault))
            continue
        if text:
            requests.append(Request(text, place, fault_of(text)))
    if not requests:
        raise BadRequestError(f"{path} names nobody: give one identifier a line.")
    return requests


def find_customers(
    connection: duckdb.DuckDBPyConnection, requests: Sequence[Request]
) -> list[str]:
    """Return the current ids of the customers who are meant, each once, sorted.

    Args:
        connection: to the warehouse.
        requests: any number of them; they are looked up together.

    Raises:
        BadRequestError: one of them is malformed, nobody, or shared by several people;
            the message says so of all, and where each stands.
    """
    return sorted(set(customers_of(connection, requests)))


def customers_of(
    connection: duckdb.DuckDBPyConnection, requests: Sequence[Request]
) -> list[str]:
    """Return the current id of whom each request means, in their order.

    The arguments and errors are those of `find_customers`.
    """
    texts = dict.fromkeys(r.text for r in requests if not r.fault)
    meant = _meant_by(connection, texts)
    faults = [
        f"{request.place}{fault}"
        for request in requests
        if (fault := request.fault or _fault_of(request.text, meant))
    ]
    refuse(faults, len(requests), _WAYS)
    return [meant[request.text][0] for request in requests]


def refuse(faults: Sequence[str], asked: int, hint: str) -> None:
    """Refuse all requests if any of them is at fault.

    Args:
        faults: what is wrong, and where.
        asked: how many requests there are.
        hint: how they should have been.

    Raises:
        BadRequestError: there are faults.
    """
    if not faults:
        return
    shown = list(faults[:_SHOWN])
    if len(faults) > _SHOWN:
        shown.append(f"… and {len(faults) - _SHOWN:,} more")
    if asked > 1:
        counted = f"{len(faults):,} of {asked:,} requests cannot be followed:"
        shown = [counted, *(f"  {line}" for line in shown)]
    text = "\n".join(shown)
    sentence = text if text.endswith(".") else f"{text}."
    raise BadRequestError(
        f"{sentence[0].upper()}{sentence[1:]}\n{hint} Nothing was done."
    )


def fault_of(text: str) -> str | None:
    """Return why a line cannot be one identifier, None if it can."""
    why = None
    if len(text) > MAX_LENGTH:
        why = f"has {len(text)} characters, more than any identifier has"
    elif any(unicodedata.category(sign) == "Cc" for sign in text):
        why = "has control characters or several columns"
    elif len(next(csv.reader([text]))) > 1 or ";" in text:
        why = "has several columns"
    elif text.startswith('"'):
        why = "is in quotation marks"
    return f"the line {why}; name one person a line" if why else None


def _fault_of(text: str, meant: Mapping[str, list[str]]) -> str | None:
    customers = meant.get(text, [])
    if not customers:
        return f"nobody in the warehouse is {text!r}"
    if len(customers) > 1:
        return (
            f"{text!r} is shared by {len(customers)} customers: "
            f"{', '.join(customers[:5])}{' …' if len(customers) > 5 else ''}; say "
            "which of them is meant"
        )
    return None


def _meant_by(
    connection: duckdb.DuckDBPyConnection, texts: Iterable[str]
) -> dict[str, list[str]]:
    asked = pa.table({"text": pa.array(list(texts), pa.string())})
    connection.register("requests", asked)
    try:
        return dict(connection.execute(_MEANT).fetchall())
    finally:
        connection.unregister("requests")
