"""Corrections that are asked for: read, and found right as a whole or not at all.

Belongs here: the file of corrections, and all that is wrong with it in one go. Does not
belong here: keeping them (`rectifications.py`).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.privacy.rectifications import RectificationError, checked
from orchestration.privacy.subjects import (
    BadRequestError,
    Request,
    customers_of,
)

COLUMNS = ("person", "attribute", "value")
_HINT = f"The first line must be {','.join(COLUMNS)}, and each other says all three."


@dataclass(frozen=True)
class Correction:
    """What somebody asks to have corrected."""

    person: Request
    attribute: str
    value: str


def read_file(path: Path) -> list[Correction]:
    """Return the corrections of a CSV file with the columns `COLUMNS`.

    A line that is none is a correction whose request has a fault.

    Raises:
        BadRequestError: the file is not such a CSV file, or names nobody.
        FileNotFoundError: there is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadRequestError(
            f"{path}, line {line}: byte {error.start + 1} of the file is not UTF-8 "
            "text. Nothing was done; save the file as UTF-8."
        ) from None
    rows = csv.reader(text.splitlines(keepends=True), strict=True)
    made: list[Correction] = []
    try:
        names = [name.strip() for name in next(rows, [])]
        if missing := [name for name in COLUMNS if name not in names]:
            raise BadRequestError(
                f"{path} lacks the column {', '.join(missing)}. {_HINT} Nothing was "
                "done."
            )
        for row in rows:
            if any(field.strip() for field in row):
                made.append(_correction(row, names, f"{path}, line {rows.line_num}: "))
    except csv.Error as error:
        raise BadRequestError(
            f"{path}, line {rows.line_num}: the line is no CSV ({error}). Nothing was "
            "done."
        ) from None
    if not made:
        raise BadRequestError(f"{path} names nobody. {_HINT}")
    return made


def found(
    connection: duckdb.DuckDBPyConnection, asked: Sequence[Correction]
) -> list[tuple[str, str, str]]:
    """Return customer id, attribute and value of each correction.

    Args:
        connection: to the warehouse.
        asked: the corrections.

    Raises:
        BadRequestError: somebody is not found, or a value does not fit; the message
            says so of all, and where each stands.
    """
    requests, values = [], []
    for correction in asked:
        request, value = correction.person, correction.value
        if not request.fault:
            try:
                value = checked(correction.attribute, correction.value)
            except RectificationError as error:
                fault = str(error).removesuffix(".")
                request = Request(request.text, request.place, fault)
        requests.append(request)
        values.append(value)
    customers = customers_of(connection, requests)
    return [
        (customer_id, correction.attribute, value)
        for customer_id, correction, value in zip(customers, asked, values, strict=True)
    ]


def _correction(row: list[str], names: list[str], place: str) -> Correction:
    said = dict(zip(names, (field.strip() for field in row), strict=False))
    person, attribute, value = (said.get(name, "") for name in COLUMNS)
    fault = None
    if len(row) > len(names):
        fault = f"the line has {len(row)} fields, the first line has {len(names)}"
    elif empty := [name for name in COLUMNS if not said.get(name)]:
        fault = f"the line lacks {' and '.join(empty)}"
    return Correction(Request(person, place, fault), attribute, value)
