"""The files of a release made of those before: only rows that differ are written.

Belongs here: finding the rows of a table that came or went since, and writing so much
to both files. Does not belong here: whether that may be done (reuse.py), and how a file
is laid out (files.py).

Rows are told apart by their hash, the one that `content_of` sums: a row whose hash the
warehouse has as often as the file stays where it lies. What came is written behind it,
by customer again, so that one profile still touches few row groups.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.ingestion.sql import identifier, one_row
from orchestration.releases.files import (
    DATABASES,
    Publication,
    both_files,
    fill,
    indexes,
    side_by_side,
)
from orchestration.releases.stamp import write_stamp
from orchestration.releases.tables import Table

# Of a table of whose rows more than this share came, all are written, in their order.
MOSTLY = 0.5


class RenewalError(RuntimeError):
    """The two files before do not match; a release must be written anew."""


def renew_files(
    connection: duckdb.DuckDBPyConnection,
    last: tuple[Path, Path],
    files: tuple[Path, Path],
    publication: Publication,
    changed: Sequence[Table],
) -> None:
    """Make the whole file and its masked twin of those of the release before.

    Args:
        connection: to the warehouse.
        last: the whole file and the masked one of the release before.
        files: the new ones; must not exist.
        publication: what to write; masked as it was.
        changed: its tables that hold something else than the files before.

    Raises:
        RenewalError: a row that went from the one file is not in the other.
    """

    def renew(table: Table) -> None:
        masked = publication.masked(table)
        rows = publication.stamp.row_counts[table.qualified_name]
        with connection.cursor() as writer:
            _find_changes(writer, table)
            if _count(writer, "came") > MOSTLY * rows:
                _empty(writer, table)
                fill(writer, table, masked)
            else:
                _remove_what_went(writer, table, masked)
                _add_what_came(writer, table, masked)

    for source, target in zip(last, files, strict=True):
        shutil.copyfile(source, target)
    with both_files(connection, *files):
        for database in DATABASES:
            write_stamp(connection, database, publication.stamp)
        side_by_side(renew, publication, changed)


def _find_changes(writer: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make `came` and `went`: places of rows in the warehouse and in the file."""
    relation = table.relation
    writer.execute(
        f"""
        create temp table lines as
        select hash(hash(t)) as content, rowid as line, true as is_new
        from {relation} as t
        union all
        select hash(hash(t)) as content, rowid as line, false as is_new
        from whole.{relation} as t
        """
    )
    writer.execute(
        """
        create temp table moved as
        with changed as (
            select content
            from lines
            group by content
            having sum(if(is_new, 1, -1)) <> 0
        )
        select line, is_new
        from lines
        semi join changed using (content)
        """
    )
    writer.execute("drop table lines")
    for name, condition in (("came", "is_new"), ("went", "not is_new")):
        writer.execute(
            f"create temp table {name} as select line from moved where {condition}"
        )


def _empty(writer: duckdb.DuckDBPyConnection, table: Table) -> None:
    for database in DATABASES:
        schema = f"{database}.{identifier(table.schema)}"
        for name, _ in indexes(table):
            writer.execute(f"drop index {schema}.{name}")
        writer.execute(f"delete from {database}.{table.relation}")


def _remove_what_went(
    writer: duckdb.DuckDBPyConnection, table: Table, masked: str
) -> None:
    relation = table.relation
    # Columns of the same types, without which equal values have other hashes.
    writer.execute(f"create temp table went_masked as from masked.{relation} limit 0")
    writer.execute(
        f"insert into went_masked select {masked} from whole.{relation} "
        "where rowid in (select line from went)"
    )
    removed = one_row(
        writer.execute(
            f"""
            delete from masked.{relation} where rowid in (
                with gone as (
                    select hash(hash(t)) as content, count(*) as times
                    from went_masked as t
                    group by all
                ),
                found as (
                    select hash(hash(t)) as content, rowid as line
                    from masked.{relation} as t
                )
                select line
                from found
                inner join gone using (content)
                qualify
                    row_number() over (partition by content order by line) <= times
            )
            """
        )
    )
    if removed[0] != _count(writer, "went"):
        raise RenewalError(f"The masked file has other rows of {table.qualified_name}.")
    writer.execute(
        f"delete from whole.{relation} where rowid in (select line from went)"
    )


def _add_what_came(
    writer: duckdb.DuckDBPyConnection, table: Table, masked: str
) -> None:
    for database, columns in (("whole", "*"), ("masked", masked)):
        writer.execute(
            f"insert into {database}.{table.relation} select {columns} "
            f"from {table.relation} where rowid in (select line from came){table.order}"
        )


def _count(writer: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(one_row(writer.execute(f"select count(*) from {name}"))[0])
