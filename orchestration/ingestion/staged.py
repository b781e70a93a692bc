"""What every reader hands to the loader: the view `staged`, one row per physical row.

The view has `line` (where the row starts), `problem` (null, or why the row goes to
quarantine, as the rest of a sentence that begins with "The row"), `text` and `fields`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_ROW_BYTES = 8 * 1024 * 1024
"""A longer row is a mistake of the export: it would be carried through every layer."""

MAX_NEW_COLUMNS = 200
"""More undeclared names than this in a file are data standing where names should."""


DROP_STAGED = (
    "drop view if exists staged; drop table if exists temp.lines; "
    "drop table if exists temp.shapes"
)


class RefusedFileError(Exception):
    """A file is not what it is declared to be; nothing of it is loaded.

    `reason` is the rest of a sentence that begins with "The file"; `rows` is how many
    rows could be counted in it.
    """

    def __init__(self, reason: str, rows: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.rows = rows


class RowEquationError(AssertionError):
    """Rows read are not rows loaded + rows quarantined; the batch was rolled back."""


NUL_PROBLEM = "contains a NUL character (\\u0000)"


def spells_nul(json: str) -> str:
    """Return the condition that a JSON text has U+0000 as an escape (RFC 8259, 7).

    PostgreSQL and most tools take no such text, and a database that does hands it on.
    """
    escape = r"\u0000"
    # The escape of a backslash before it would make it six plain characters.
    unescaped = rf"(^|[^\\])(\\\\)*\{escape}"
    return f"(contains({json}, '{escape}') and regexp_matches({json}, '{unescaped}'))"


@dataclass(frozen=True)
class Staged:
    """The columns that a file has, each with the SQL over `staged` that yields it."""

    columns: dict[str, str]
    rows: int


def refuse_too_many_names(
    names: Iterable[str], declared: Iterable[str], rows: int
) -> None:
    """Refuse a file whose names cannot be column names.

    Raises:
        RefusedFileError: more than MAX_NEW_COLUMNS names are not declared.
    """
    undeclared = set(names) - set(declared)
    if len(undeclared) > MAX_NEW_COLUMNS:
        raise RefusedFileError(
            f"has {len(undeclared)} columns that are not declared, at most "
            f"{MAX_NEW_COLUMNS} are taken over; its first row or its keys are data",
            rows,
        )
