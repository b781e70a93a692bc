"""What the files of a release say about themselves: `_published`, `_personal_columns`.

Does not belong here: the marts in them (files.py), and the manifest beside them, which
is the business of draft.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from orchestration.privacy.masking import mask_of
from orchestration.releases.tables import Table

# Class of personal data by column, by (schema, table).
PersonalColumns = Mapping[tuple[str, str], Mapping[str, str]]


@dataclass(frozen=True)
class Stamp:
    """What `marts._published` says about a file."""

    run_id: str
    published_at: datetime
    project_version: str
    row_counts: Mapping[str, int]
    raw_batches: Sequence[str]


def write_stamp(
    connection: duckdb.DuckDBPyConnection, database: str, stamp: Stamp
) -> None:
    """Write what a file says about itself, over what it said before."""
    values: dict[str, Any] = asdict(stamp)
    for name in ("row_counts", "raw_batches"):
        values[name] = json.dumps(values[name])
    connection.execute(
        f"""
        create or replace table {database}.marts._published (
            run_id varchar not null,
            published_at timestamp not null,
            project_version varchar not null,
            row_counts json not null,
            raw_batches json not null
        )
        """
    )
    connection.execute(
        f"insert into {database}.marts._published values (?, ?, ?, ?, ?)",
        list(values.values()),
    )
    connection.execute(
        f"comment on table {database}.marts._published is 'One row: the run that wrote "
        "this file, when (UTC), and from which batches of raw data.'"
    )


def write_personal_columns(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    tables: Sequence[Table],
    personal: PersonalColumns,
) -> None:
    """Write which columns hold personal data, and what the masked file has of them."""
    connection.execute(
        f"""
        create table {database}.marts._personal_columns (
            table_schema varchar not null,
            table_name varchar not null,
            column_name varchar not null,
            personal_class varchar not null,
            masked_as varchar not null
        )
        """
    )
    rows = [
        (table.schema, table.name, column.name, classes[column.name], mask.name)
        for table in tables
        if (classes := personal.get((table.schema, table.name)))
        for column in table.columns
        if column.name in classes
        and (mask := mask_of(classes[column.name], column.data_type))
    ]
    if rows:
        connection.executemany(
            f"insert into {database}.marts._personal_columns values (?, ?, ?, ?, ?)",
            rows,
        )
    connection.execute(
        f"comment on table {database}.marts._personal_columns is 'One row per column "
        "with personal data: of which class, and what the masked file has of it.'"
    )
