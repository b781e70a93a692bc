"""Who is to be erased: one person or a whole file of them, found all or none.

Belongs here: reading requests and telling which customers they mean. Does not belong
here: what is theirs (`words.py`).
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.identity.explain import UnknownPersonError
from orchestration.privacy.access import BadRequestError

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


@dataclass(frozen=True)
class Request:
    """Somebody who is to be erased, as they were named."""

    text: str
    place: str = ""
    """Where it was named: `people.txt, line 3: `, or nothing on the command line."""


def read_file(path: Path) -> list[Request]:
    """Return the people whom a file names, one a line; empty lines do not count.

    Raises:
        BadRequestError: a line is not one identifier, or the file names nobody.
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
            raise BadRequestError(
                f"{place}byte {error.start + 1} is not UTF-8 text. Nobody was erased; "
                "save the file as UTF-8."
            ) from None
        if text:
            _refuse_malformed(text, place)
            requests.append(Request(text, place))
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
        UnknownPersonError: one of them is nobody, or is shared by several people; the
            message says which and where it stands.
    """
    texts = list(dict.fromkeys(request.text for request in requests))
    meant = _meant_by(connection, texts)
    for request in requests:
        customers = meant.get(request.text, [])
        if not customers:
            raise UnknownPersonError(
                f"{request.place}nobody in the warehouse is {request.text!r}. Give a "
                "customer id, a record key (system:entity:id), an e-mail address, a "
                "phone number (+49…) or another id. Nobody was erased."
            )
        if len(customers) > 1:
            raise UnknownPersonError(
                f"{request.place}{request.text!r} is shared by {len(customers)} "
                f"customers: {', '.join(customers[:5])}"
                f"{' …' if len(customers) > 5 else ''}. Say which of them is meant. "
                "Nobody was erased."
            )
    return sorted({customers[0] for customers in meant.values()})


def _meant_by(
    connection: duckdb.DuckDBPyConnection, texts: Iterable[str]
) -> dict[str, list[str]]:
    connection.register("requests", pa.table({"text": list(texts)}))
    try:
        return dict(connection.execute(_MEANT).fetchall())
    finally:
        connection.unregister("requests")


def _refuse_malformed(text: str, place: str) -> None:
    """Refuse a line that cannot be one identifier."""
    why = None
    if len(text) > MAX_LENGTH:
        why = f"has {len(text)} characters, more than any identifier has"
    elif any(unicodedata.category(sign) == "Cc" for sign in text):
        why = "has control characters or several columns"
    elif len(next(csv.reader([text]))) > 1 or ";" in text:
        why = "has several columns"
    elif text.startswith('"'):
        why = "is in quotation marks"
    if why:
        raise BadRequestError(
            f"{place}the line {why}; name one person a line, by one identifier. "
            "Nobody was erased."
        )
