"""Where an extract by cursor begins, and where the next one will.

Belongs here: what the source says of its cursor column. Does not belong here: reading
the rows (postgres.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.ingestion.extracted import ExtractError
from orchestration.ingestion.postgres_session import Column, Session
from orchestration.ingestion.sql import identifier, literal

_OVERLAP_OF_TIMES = "1 hour"
_OVERLAP_OF_NUMBERS = "1000"


@dataclass(frozen=True)
class Bounds:
    """What the source says of its cursor, as text of the column's type."""

    highest: str | None = None
    following: str | None = None
    """Where the next extract goes on: never in the future, whatever a row says."""
    low: str | None = None
    """Where this one begins: the cursor less the overlap; None: at the beginning."""
    low_text: str | None = None
    """The same, spelt as it is in files."""
    went_back: bool = False


@dataclass(frozen=True)
class CursorColumn:
    """The column that grows with every insert and update."""

    session: Session
    column: Column

    @property
    def where(self) -> str:
        """Name of the column, for conditions at the source."""
        return identifier(self.column.name)

    @property
    def landed(self) -> str:
        """Name of the column in landing files, where it is text."""
        return identifier(self.column.raw_name)

    @property
    def duckdb_type(self) -> str:
        """The type in which DuckDB compares the text."""
        return "timestamp" if self.column.is_time else "decimal(38, 9)"

    def bounds(self, last: str | None) -> Bounds:
        """Ask the source for its highest cursor, and where this extract begins."""
        name, kind = self.where, self.column.type
        following = f"max({name})"
        if self.column.is_time:
            following = f"least({following}, cast(now() as {kind}))"
        low, went_back = f"cast(null as {kind})", "false"
        if last is not None:
            low = f"cast({self.typed(last)} - {self._overlap} as {kind})"
            went_back = f"max({name}) < {self.typed(last)}"
        return Bounds(
            *self.session.one_row(
                f"""
                select
                    cast(max({name}) as text),
                    cast({following} as text),
                    cast({low} as text),
                    {self.column.text(self.session.origin.time_zone, low)},
                    coalesce({went_back}, false)
                from ({self.session.origin.query}) as source
                """
            )
        )

    def window(
        self, files: Mapping[str, str | None], low: str | None
    ) -> dict[str, str | None]:
        """Return those of the landed files that rows at or after `low` may be in."""
        if low is None:
            return {}
        return {
            file: highest
            for file, highest in files.items()
            if highest is None
            or self.session.one_row(
                f"select {self.typed(highest)} >= {self.typed(low)}"
            )[0]
        }

    def typed(self, text: str) -> str:
        """Return SQL for a value of the column's type."""
        return f"cast({literal(text)} as {self.column.type})"

    @property
    def _overlap(self) -> str:
        declared = self.session.origin.overlap
        if self.column.is_time:
            return f"cast({literal(declared or _OVERLAP_OF_TIMES)} as interval)"
        return f"cast({literal(declared or _OVERLAP_OF_NUMBERS)} as numeric)"


def cursor_column(session: Session, columns: list[Column]) -> CursorColumn | None:
    """Return the cursor column of a table, if one is declared.

    Raises:
        ExtractError: nothing can be taken from its type.
    """
    for column in columns:
        if column.raw_name != session.origin.cursor:
            continue
        if column.is_time or column.is_number:
            return CursorColumn(session, column)
        raise ExtractError(
            f"{session.source.name} cannot be fetched: its cursor {column.raw_name} is "
            f"of type {column.type} at the source; a cursor is a date, a timestamp or "
            "a whole or exact number."
        )
    return None
