"""What a cursor cannot see: keys that are gone at the source, and rows that it missed.

Belongs here: comparing the keys at the source with those that landed. Does not belong
here: when that is done, and what follows (postgres.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from orchestration.ingestion.cursors import Cursors
from orchestration.ingestion.postgres_session import Column, Session
from orchestration.ingestion.raw_table import DELETED_AT
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.sql import identifier, literal, one_row

_UNREAD = "unread_keys"
_GONE = "gone_keys"


@dataclass(frozen=True)
class Comparison:
    """How the keys at the source differ from those that landed and were not deleted."""

    unread: int
    gone: int
    is_empty: bool
    """Whether the source has no rows at all."""


def compare(
    connection: duckdb.DuckDBPyConnection,
    session: Session,
    cursors: Cursors,
    columns: list[Column],
) -> Comparison:
    """Compare the keys; leave those that differ in temporary tables.

    Raises:
        ExtractError: the connection to the source breaks off.
    """
    key = cursors.source.key
    names = ", ".join(map(identifier, key))
    landed = sorted(str(path) for path in cursors.folder.glob("*.parquet"))
    texts = ", ".join(
        f"{column.text(session.origin.time_zone)} as {identifier(column.raw_name)}"
        for column in columns
        if column.raw_name in key
    )
    with session.stream(
        f"select {texts} from ({session.origin.query}) as source"
    ) as incoming:
        connection.register("incoming", incoming.reader)
        connection.execute(
            f"create or replace temp table present as select {names} from incoming"
        )
        connection.unregister("incoming")
        incoming.check()
    spelt = ", ".join(f"cast({n} as varchar) as {n}" for n in map(identifier, key))
    # read_parquet wants a file.
    files = f"(select *, '' as filename, '' as {DELETED_AT} from present limit 0)"
    if landed:
        paths = ", ".join(map(literal, landed))
        files = f"read_parquet([{paths}], union_by_name = true, filename = true)"
    connection.execute(
        f"""
        create or replace temp table landed as
        select {names}
        from (
            select
                {spelt},
                filename,
                {DELETED_AT}
            from {files}
        )
        group by {names}
        having arg_max({DELETED_AT} is null, filename);

        create or replace temp table {_UNREAD} as
        select * from present anti join landed using ({names});

        create or replace temp table {_GONE} as
        select * from landed anti join present using ({names});
        """
    )
    unread, gone, present = one_row(
        connection.execute(
            f"""
            select
                (select count(*) from {_UNREAD}),
                (select count(*) from {_GONE}),
                (select count(*) from present)
            """
        )
    )
    return Comparison(unread=unread, gone=gone, is_empty=not present)


def only_unread(source: SourceTable) -> str:
    """Return the join that keeps of `incoming` the rows that were found unread."""
    return f"semi join {_UNREAD} using ({', '.join(map(identifier, source.key))})"


def write_gone(
    connection: duckdb.DuckDBPyConnection,
    cursors: Cursors,
    columns: list[Column],
    now: datetime,
) -> None:
    """Write a row for each key that is gone, with nothing but the key and `now`."""
    values = ", ".join(
        identifier(c.raw_name)
        if c.raw_name in cursors.source.key
        else f"cast(null as varchar) as {identifier(c.raw_name)}"
        for c in columns
    )
    connection.execute(
        f"""
        copy (
            select {values}, cast(timestamp '{now}' as varchar) as {DELETED_AT}
            from {_GONE}
            order by all
        ) to {literal(str(cursors.partial))} (format parquet, codec zstd)
        """
    )
