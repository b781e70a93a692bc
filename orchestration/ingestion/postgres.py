"""Tables of PostgreSQL land as Parquet: streamed, and only what is new.

Belongs here: which rows are read, and what the next extract need not read. Does not
belong here: the connection (postgres_session.py), positions on disk (cursors.py), and
keys that are gone (postgres_keys.py).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import duckdb

from orchestration.ingestion import postgres_keys
from orchestration.ingestion.cursors import Cursors, Position, file_sha256
from orchestration.ingestion.extracted import Extracted
from orchestration.ingestion.origins import PostgresOrigin
from orchestration.ingestion.postgres_cursor import Bounds, CursorColumn, cursor_column
from orchestration.ingestion.postgres_session import Column, Session, connected
from orchestration.ingestion.raw_table import DELETED_AT
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import identifier, literal, one_row
from orchestration.warehouse import DataDir
from orchestration.wording import counted


def extract_table(source: SourceTable, data: DataDir, now: datetime) -> Extracted:
    """Land the rows of a table that are new since the last time, as one file.

    Args:
        source: the table, of kind `postgres`.
        data: the data directory.
        now: the time, UTC without a zone.

    Raises:
        ExtractError: the database cannot be reached or read; what landed stays.
        PositionUnreadableError: it is not known how far the table was read.
    """
    cursors = Cursors(data, source)
    position = cursors.read()
    cursors.folder.mkdir(parents=True, exist_ok=True)
    try:
        with connected(source) as session, duckdb.connect() as connection:
            # In the order of the source: the same rows are the same file.
            connection.execute("set threads = 1")
            columns = session.columns()
            extract = _Extract(session, connection, cursors, position, columns, now)
            return extract.run()
    finally:
        cursors.partial.unlink(missing_ok=True)


@dataclass
class _Extract:
    """One extract of one table, in one transaction at the source."""

    session: Session
    connection: duckdb.DuckDBPyConnection
    cursors: Cursors
    position: Position
    columns: list[Column]
    now: datetime
    rows: int = 0
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def run(self) -> Extracted:
        """Land rows, then keys that are gone."""
        if self.position.shape not in ("", self._shape):
            self._read_anew(
                "The columns at the source, or what the YAML says of them, changed"
            )
        cursor_from = self.position.cursor
        self._land_new_rows()
        deleted = self._land_deletes() if self._is_time_to_compare else 0
        return Extracted(
            rows=self.rows,
            deleted=deleted,
            cursor_from=cursor_from,
            cursor_to=self.position.cursor,
            files=self.files,
            notes=self.notes,
        )

    def _read_anew(self, why: str) -> None:
        self.notes.append(f"{why}: the table was read from the beginning.")
        self.position = replace(self.position, cursor=None, content=None, window={})

    def _land_new_rows(self) -> None:
        cursor = self._cursor
        bounds = cursor.bounds(self.position.cursor) if cursor else Bounds()
        if bounds.went_back:
            self._read_anew(
                f"The highest {self._origin.cursor} at the source is {bounds.highest}, "
                f"lower than {self.position.cursor}, up to which it was read"
            )
            bounds = replace(bounds, low=None)
        window = self._window(bounds)
        rows = self._write(self._query(bounds.low), self._unlike(window, bounds))
        self.position = replace(
            self.position, shape=self._shape, cursor=bounds.following, window=window
        )
        self._commit_rows(rows, bounds.highest)

    def _land_deletes(self) -> int:
        """Land what the keys say: rows that the cursor did not see, and deletes."""
        compared = postgres_keys.compare(
            self.connection, self.session, self.cursors, self.columns
        )
        if compared.unread:
            self.notes.append(
                f"{counted(compared.unread, 'row was', 'rows were')} older than the "
                "cursor on coming, and found by key."
            )
            join = postgres_keys.only_unread(self.cursors.source)
            rows = self._write(self._query(None), join)
            self._commit_rows(rows, self.position.cursor)
        self.position = replace(self.position, compared_at=self.now.isoformat())
        if compared.gone and compared.is_empty:
            self.notes.append(
                "The table is empty at the source. That may be a mistake, so none of "
                f"its {compared.gone} keys was marked as deleted."
            )
        if not compared.gone or compared.is_empty:
            self.cursors.commit(self.position, lands=False)
            return 0
        postgres_keys.write_gone(self.connection, self.cursors, self.columns, self.now)
        file = self.cursors.next_file(self.position, self.now, "parquet")
        window = {**self.position.window, file: self.position.cursor}
        self._land(file, file_sha256(self.cursors.partial), window=window)
        return compared.gone

    def _query(self, low: str | None) -> str:
        """Return the rows from a cursor on, as text under their raw names."""
        texts = [
            f"{c.text(self._origin.time_zone)} as {identifier(c.raw_name)}"
            for c in self.columns
        ]
        if self.cursors.source.marks_deletes:
            texts.append(f"cast(null as text) as {DELETED_AT}")
        query = f"select {', '.join(texts)} from ({self._origin.query}) as source"
        if self._cursor and low is not None:
            name = self._cursor.where
            bound = self._cursor.typed(low)
            return f"{query} where {name} >= {bound} or {name} is null"
        key = self.cursors.source.key
        order = [identifier(c.name) for c in self.columns if c.raw_name in key]
        return f"{query} order by {', '.join(order)}"

    def _window(self, bounds: Bounds) -> dict[str, str | None]:
        """Return the landed files that rows of this extract may be in."""
        if self._cursor:
            return self._cursor.window(self.position.window, bounds.low)
        return {} if self.cursors.source.mode == "snapshot" else self.position.window

    def _unlike(self, window: dict[str, str | None], bounds: Bounds) -> str:
        """Return the join that leaves out rows that are as they landed last."""
        if not window:
            return ""
        condition = "true"
        if self._cursor and bounds.low_text:
            kind = self._cursor.duckdb_type
            landed = f"try_cast({self._cursor.landed} as {kind})"
            low = f"try_cast({literal(bounds.low_text)} as {kind})"
            condition = f"coalesce({landed} >= {low}, true)"
        files = [str(self.cursors.data.landing / file) for file in window]
        key = ", ".join(map(identifier, self.cursors.source.key))
        self.connection.execute(
            f"""
            create or replace temp table seen as
            select *
            from read_parquet([{", ".join(map(literal, files))}], filename = true)
            where {condition}
            qualify row_number() over (
                partition by {key} order by filename desc
            ) = 1
            """
        )
        names = [identifier(c.raw_name) for c in self.columns]
        if self.cursors.source.marks_deletes:
            names.append(DELETED_AT)
        same = [f"incoming.{n} is not distinct from seen.{n}" for n in names]
        return f"anti join seen on {' and '.join(same)}"

    def _write(self, query: str, join: str) -> int:
        """Stream the rows of a query to the partial file; return how many there are."""
        partial = literal(str(self.cursors.partial))
        with self.session.stream(query) as stream:
            self.connection.register("incoming", stream.reader)
            (rows,) = one_row(
                self.connection.execute(
                    f"copy (select incoming.* from incoming {join}) to {partial} "
                    "(format parquet, codec zstd)"
                )
            )
            self.connection.unregister("incoming")
            stream.check()
        return rows

    def _commit_rows(self, rows: int, highest: str | None) -> None:
        """Land the partial file, if it says something new, and keep the position."""
        is_news = rows > 0 or self.cursors.source.mode == "snapshot"
        sha256 = file_sha256(self.cursors.partial)
        if not is_news or sha256 == self.position.content:
            self.cursors.commit(self.position, lands=False)
            return
        file = self.cursors.next_file(self.position, self.now, "parquet")
        held = None if self._has_null_cursors() else highest
        window = {**self.position.window, file: held}
        self._land(file, sha256, content=sha256, window=window)
        self.rows += rows

    def _land(self, file: str, sha256: str, **changes: Any) -> None:
        self.position = replace(self.position, file=file, sha256=sha256, **changes)
        self.cursors.commit(self.position, lands=True)
        self.files.append(file)

    def _has_null_cursors(self) -> bool:
        if self._cursor is None:
            return False
        found = self.connection.execute(
            f"""
            select count(*) from read_parquet({literal(str(self.cursors.partial))})
            where {self._cursor.landed} is null
            """
        )
        (count,) = one_row(found)
        return count > 0

    @property
    def _origin(self) -> PostgresOrigin:
        return self.session.origin

    @cached_property
    def _cursor(self) -> CursorColumn | None:
        return cursor_column(self.session, self.columns)

    @property
    def _shape(self) -> str:
        """A digest of what is read and how; another one means another content."""
        origin = self._origin
        said = [
            *(origin.query, origin.cursor, origin.time_zone),
            *(self.cursors.source.marks_deletes, self.cursors.source.key),
            *sorted((c.name, c.type) for c in self.columns),
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def _is_time_to_compare(self) -> bool:
        hours = self._origin.deletes_every_hours
        if hours is None:
            return False
        if self.position.compared_at is None:
            return True
        compared_at = datetime.fromisoformat(self.position.compared_at)
        return not timedelta() <= self.now - compared_at < timedelta(hours=hours)
