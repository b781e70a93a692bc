"""A PostgreSQL server as a source: one read-only snapshot, every value as exact text.

Belongs here: the connection, how values are spelt, and what an error means to a person.
Does not belong here: which rows are read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from adbc_driver_manager import AdbcStatusCode

from orchestration.ingestion.extracted import ExtractError
from orchestration.ingestion.naming import snake_case
from orchestration.ingestion.origins import PostgresOrigin
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import identifier, literal

_CONNECT_SECONDS = 10
_TIMES = ("timestamptz", "timestamp", "date")
_NUMBERS = ("int2", "int4", "int8", "numeric")


@dataclass(frozen=True)
class Column:
    """A column of the source, and the name that it bears in raw."""

    name: str
    raw_name: str
    type: str
    """PostgreSQL's name of the type, such as timestamptz; `_int4` is an array."""

    @property
    def is_time(self) -> bool:
        """Whether intervals can be taken from it."""
        return self.type in _TIMES

    @property
    def is_number(self) -> bool:
        """Whether numbers can be taken from it."""
        return self.type in _NUMBERS

    def text(self, time_zone: str, value: str | None = None) -> str:
        """Return the SQL that spells a value exactly: UTC, and all digits there are.

        The binary protocol would give money in cents, and networks as bytes. `value` is
        SQL of the column's type, by default the column itself.
        """
        name = value or identifier(self.name)
        match self.type:
            case "timestamptz":
                return f"cast({name} at time zone 'UTC' as text)"
            case "timestamp" if time_zone != "UTC":
                local = f"{name} at time zone {literal(time_zone)}"
                return f"cast({local} at time zone 'UTC' as text)"
            case "money":
                return f"cast(cast({name} as numeric) as text)"
            case kind if kind.startswith("_"):
                return f"cast(to_json({name}) as text)"
            case _:
                return f"cast({name} as text)"


class Stream:
    """Rows on their way; what goes wrong on it is kept until `check` is called.

    An exception that crossed DuckDB would come out as one of DuckDB's own.
    """

    def __init__(self, rows: pa.RecordBatchReader) -> None:
        self._rows = rows
        self._error: Exception | None = None
        self.reader = pa.RecordBatchReader.from_batches(rows.schema, self._batches())

    def check(self) -> None:
        """Raise what ended the stream too early, if anything did.

        Raises:
            adbc.Error: what PostgreSQL said, or that it says no more.
        """
        if self._error:
            raise adbc.OperationalError(
                str(self._error), status_code=AdbcStatusCode.IO
            ) from self._error

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._rows
        except (adbc.Error, pa.ArrowException, OSError) as error:
            self._error = error


class Session:
    """One transaction on a source database, which sees one state of it."""

    def __init__(self, source: SourceTable, connection: adbc.Connection) -> None:
        assert isinstance(source.origin, PostgresOrigin)
        self.source = source
        self.origin = source.origin
        self._connection = connection
        self._run("set transaction isolation level repeatable read, read only")
        self._run("set local timezone = 'UTC'")
        self._run("set local datestyle = 'ISO, YMD'")
        self._run("set local client_encoding = 'UTF8'")

    def columns(self) -> list[Column]:
        """Return the columns of the table or query.

        Raises:
            ExtractError: the table is gone, or lacks a column that the YAML names.
        """
        with self._connection.cursor() as cursor:
            schema = cursor.adbc_execute_schema(self.origin.query)
        found = [
            Column(
                name=f.name,
                raw_name=snake_case(f.name) or f"column_{i}",
                type=(f.metadata or {}).get(b"POSTGRESQL:type", b"text").decode(),
            )
            for i, f in enumerate(schema, start=1)
        ]
        names = [column.raw_name for column in found]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ExtractError(
                f"{self.source.name} cannot be fetched: more than one of its columns "
                f"would be called {', '.join(twice)}. Name them apart in a query."
            )
        wanted = [*self.source.key, *filter(None, [self.origin.cursor])]
        if lacking := [name for name in wanted if name not in names]:
            raise ExtractError(
                f"{self.source.name} cannot be fetched: it has no {lacking[0]} at the "
                "source any more, which meta.ingest names as "
                f"{'key' if lacking[0] in self.source.key else 'cursor'}."
            )
        return found

    def one_row(self, query: str) -> tuple[Any, ...]:
        """Return the only row of a query."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        assert row is not None
        return tuple(row)

    @contextmanager
    def stream(self, query: str) -> Iterator[Stream]:
        """Yield the rows of a query as they come, a few megabytes at a time."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            yield Stream(cursor.fetch_record_batch())

    def _run(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def connected(source: SourceTable) -> Iterator[Session]:
    """Connect to the database of a table; what fails in the block is one sentence.

    Raises:
        ExtractError: the server cannot be reached, refuses, or breaks off.
    """
    assert isinstance(source.origin, PostgresOrigin)
    dsn = os.environ[source.origin.dsn_env]
    connection = None
    try:
        connection = adbc.connect(_with_limits(dsn))
        yield Session(source, connection)
    except adbc.Error as error:
        raise ExtractError(
            _sentence(source, _masked(str(error), dsn), error.sqlstate, connection)
        ) from error
    finally:
        if connection is not None:
            _close(connection)


def _close(connection: adbc.Connection) -> None:
    try:
        connection.close()
    except adbc.Error:
        return  # it is gone already


def _with_limits(dsn: str) -> str:
    """Add to a connection string how long to wait for a server that says nothing."""
    limits = {
        "connect_timeout": _CONNECT_SECONDS,
        "keepalives_idle": 30,
        "tcp_user_timeout": 60_000,
    }
    missing = [f"{name}={value}" for name, value in limits.items() if name not in dsn]
    if "://" in dsn:
        return dsn + ("&" if "?" in dsn else "?") + "&".join(missing)
    return " ".join([dsn, *missing])


def _masked(message: str, dsn: str) -> str:
    """Return a message without the secrets of the connection string."""
    for secret in re.findall(r":([^:@/]+)@|password=([^\s&]+)", dsn):
        message = message.replace("".join(secret), "***")
    return message


def _sentence(
    source: SourceTable, message: str, state: str | None, connection: object
) -> str:
    """Say what went wrong, and what to do about it."""
    assert isinstance(source.origin, PostgresOrigin)
    env = source.origin.dsn_env
    said = re.search(r"(ERROR|FATAL):.*?(?=\nLINE|\n\nQuery was|$)", message, re.DOTALL)
    cause = said.group() if said else re.sub(r"^[A-Z_]+: (\[libpq\] )?", "", message)
    cause = " ".join(cause.split()).rstrip(". ")
    kept = "What landed before stays."
    if state == "42P01":
        return f"{source.name} is not there at the source any more ({cause}). {kept}"
    if state == "42501":
        return (
            f"{source.name} may not be read by the user of {env} ({cause}). Grant "
            f"select on it. {kept}"
        )
    is_said = not state.startswith(("08", "57")) if state else "ERROR" in cause
    if connection is not None and is_said:
        return f"{source.name} cannot be fetched: PostgreSQL says: {cause}. {kept}"
    if connection is not None:
        return (
            f"The connection broke off while {source.name} was fetched ({cause}). "
            "Nothing of it was kept; the next run fetches it again."
        )
    if "password" in cause or "authentication" in cause:
        return f"PostgreSQL refused the user or password in {env} for {source.name}."
    if "connection info string" in cause or "invalid" in cause:
        return (
            f"{source.name} cannot be fetched: {env} is not a connection string of "
            f"PostgreSQL. {kept}"
        )
    return (
        f"The server of {source.name} cannot be reached ({cause}). Is it running, and "
        f"is {env} right? {kept}"
    )
