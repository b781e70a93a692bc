"""The files that readers get: marts copied out of the warehouse, whole and masked.

Belongs here: what is in the files, how they are laid out, and proving them whole.
Does not belong here: what a file says about itself (stamp.py), and when a release is
made and how readers come to see it (publish.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingestion.sql import identifier, literal, one_row
from orchestration.privacy.masking import masked
from orchestration.releases.stamp import (
    PersonalColumns,
    Stamp,
    write_personal_columns,
    write_stamp,
)
from orchestration.releases.tables import Content, Table, content_of

# BI drivers lag behind; a file of this version opens in every DuckDB from 1.4 on.
STORAGE_VERSION = "v1.4.0"

# DuckDB compresses a table of few row groups on one core, so two are written at a time;
# more would leave each less memory to sort in, and large tables use all cores anyway.
WRITERS = 2

# By which columns a reader looks single rows up. Of a million customers one row costs a
# third of the processor with an index, and twenty a twentieth; tables of many rows a
# customer would carry far larger ones, and are read by their order well enough.
INDEXED: Mapping[tuple[str, str], Sequence[str]] = {
    ("marts", "customers"): ("customer_id",),
    ("marts", "customer_id_aliases"): ("customer_id", "current_customer_id"),
}

# What both files are attached as while they are written.
DATABASES = ("whole", "masked")

_BROKEN = (
    "{} does not hold {} as the warehouse has it, so it was not published. Publish "
    "again; if that fails too, check the disk."
)


class ReleaseBrokenError(RuntimeError):
    """A written release file does not hold what it should."""


@dataclass(frozen=True)
class Publication:
    """What a release is to hold.

    Attributes:
        tables: what to copy, with constraints and comments.
        stamp: what the files say about themselves.
        personal: what to mask in the twin.
        key: what the pseudonyms of the twin are made with, hexadecimal.
    """

    tables: Sequence[Table]
    stamp: Stamp
    personal: PersonalColumns
    key: str

    def masked(self, table: Table) -> str:
        """Return the SQL of all columns of a table in the masked file."""
        return ", ".join(masked_values(table, self.personal, self.key))

    def size(self, table: Table) -> int:
        """Return how many values there are in a table."""
        return self.stamp.row_counts[table.qualified_name] * len(table.columns)


def write_files(
    connection: duckdb.DuckDBPyConnection,
    whole: Path,
    twin: Path,
    publication: Publication,
) -> None:
    """Copy tables of the open warehouse into a new file, and into its masked twin.

    Rows are ordered by customer, so that reading one profile touches few row groups.

    Args:
        connection: to the warehouse.
        whole: the file with everything; must not exist.
        twin: the masked file; likewise.
        publication: what to write.
    """

    def write(table: Table) -> None:
        with connection.cursor() as writer:
            fill(writer, table, publication.masked(table))

    with both_files(connection, whole, twin):
        _define(connection, "whole", publication, is_masked=False)
        _define(connection, "masked", publication, is_masked=True)
        side_by_side(write, publication, publication.tables)


def fill(writer: duckdb.DuckDBPyConnection, table: Table, masked: str) -> None:
    """Write all rows of a table to both files, which have none yet, and its indexes."""
    relation = table.relation
    writer.execute(f"insert into whole.{relation} from {relation}{table.order}")
    # Read from the whole file the rows are in order already.
    writer.execute(
        f"insert into masked.{relation} select {masked} from whole.{relation}"
    )
    for database in DATABASES:
        for name, column in indexes(table):
            writer.execute(
                f"create index {name} on {database}.{relation} ({identifier(column)})"
            )


def side_by_side(
    write: Callable[[Table], None], publication: Publication, tables: Iterable[Table]
) -> None:
    """Have tables written by several threads, the largest first."""
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, sorted(tables, key=publication.size, reverse=True)))


def masked_values(table: Table, personal: PersonalColumns, key: str) -> Iterator[str]:
    """Yield the SQL of each column of a table in the masked file."""
    classes = personal.get((table.schema, table.name), {})
    for column in table.columns:
        value = identifier(column.name)
        if column.name in classes:
            yield masked(value, classes[column.name], column.data_type, key)
        else:
            yield value


def verify_file(
    path: Path, expected: Mapping[str, Content], *, is_masked: bool
) -> None:
    """Open a finished file as a reader would, and compare what it holds.

    Of a masked file the rows are counted; it was made of the whole one.

    Raises:
        ReleaseBrokenError: a table is missing or holds something else.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        for name, held in expected.items():
            try:
                if is_masked:
                    counted = connection.execute(f"select count(*) from {name}")
                    is_whole = one_row(counted) == (held.rows,)
                else:
                    is_whole = content_of(connection, name) == held
            except duckdb.CatalogException:
                is_whole = False
            if not is_whole:
                raise ReleaseBrokenError(_BROKEN.format(path.name, name))


def write_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, tables: Sequence[Table]
) -> None:
    """Copy `tables` of the open warehouse to `<folder>/<schema>/<table>.parquet`."""
    for table in tables:
        (folder / table.schema).mkdir(parents=True, exist_ok=True)
        path = folder / table.schema / f"{table.name}.parquet"
        connection.execute(
            f"copy (from {table.relation}{table.order}) "
            f"to {literal(str(path))} (format parquet, compression zstd)"
        )


@contextmanager
def both_files(
    connection: duckdb.DuckDBPyConnection, whole: Path, twin: Path
) -> Iterator[None]:
    """Attach two files, new or not, as `whole` and `masked`; leave no logs behind."""

    def checkpoint(database: str) -> None:
        with connection.cursor() as writer:
            writer.execute(f"checkpoint {database}")

    with ExitStack() as attached:
        for database, path in zip(DATABASES, (whole, twin), strict=True):
            connection.execute(
                f"attach {literal(str(path))} as {database} "
                f"(storage_version '{STORAGE_VERSION}')"
            )
            attached.callback(connection.execute, f"detach {database}")
        yield
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(checkpoint, DATABASES))


def _define(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    publication: Publication,
    *,
    is_masked: bool,
) -> None:
    """Make all tables of a file, still empty, and what it says about itself."""
    tables, personal = publication.tables, publication.personal
    statements = [
        f"create schema {database}.{identifier(schema)}"
        for schema in sorted({"marts", *(table.schema for table in tables)})
    ]
    for table in tables:
        classes = personal.get((table.schema, table.name), {}) if is_masked else {}
        statements += _definition(table, f"{database}.{table.relation}", classes)
    with connection.cursor() as writer:
        writer.execute("begin")
        writer.execute("; ".join(statements))
        write_stamp(writer, database, publication.stamp)
        write_personal_columns(writer, database, tables, personal)
        writer.execute("commit")


def _definition(table: Table, relation: str, masks: Mapping[str, str]) -> Iterator[str]:
    """Yield the SQL that makes a table; a masked column may be null."""
    definitions = ", ".join(
        f"{identifier(column.name)} {column.data_type}"
        + ("" if column.is_nullable or column.name in masks else " not null")
        for column in table.columns
    )
    yield f"create table {relation} ({definitions})"
    if table.comment:
        yield f"comment on table {relation} is {literal(table.comment.strip())}"
    for column in table.columns:
        if column.comment:
            yield (
                f"comment on column {relation}.{identifier(column.name)} "
                f"is {literal(column.comment.strip())}"
            )


def indexes(table: Table) -> Iterator[tuple[str, str]]:
    """Yield name and column of each index that a table has in a file."""
    for column in INDEXED.get((table.schema, table.name), ()):
        yield identifier(f"{table.name}_by_{column}"), column
