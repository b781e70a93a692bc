"""What was asked of us, put where the models read it.

Belongs here: filling the tables of `ops` that mirror the journals under `state/`. Does
not belong here: writing the journals, and what follows from them (`models/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import duckdb

from orchestration.privacy.access_log import Break, log_path, verify
from orchestration.privacy.rectifications import rectifications
from orchestration.privacy.restrictions import restrictions
from orchestration.privacy.withdrawals import withdrawals
from orchestration.warehouse import DataDir, transaction

_READ_LOG = """
insert into ops.access_log by name
select
    row_number() over () as entry_number,
    cast("at" as timestamp) as done_at,
    "by" as done_by,
    action,
    subject,
    purpose,
    details,
    coalesce(row_number() over () < $broken, true) as is_as_written
from read_json(
    $path,
    format = 'newline_delimited',
    ignore_errors = true,
    columns = {
        'at': 'varchar',
        'by': 'varchar',
        'action': 'varchar',
        'subject': 'varchar',
        'purpose': 'varchar',
        'details': 'json'
    }
)
"""


def load_requests(connection: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Put withdrawals, restrictions and corrections where the features read them.

    Call it before features are built.
    """
    journals: dict[str, Sequence[Any]] = {
        "consent_withdrawals": withdrawals(data),
        "restrictions": restrictions(data),
        "rectifications": rectifications(data),
    }
    with transaction(connection):
        for table, made in journals.items():
            _fill(connection, table, [astuple(request) for request in made])


def load_access_log(connection: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Put the access log where the marts read it, each entry with whether it is whole.

    From the first line on that is not what was written, none can be trusted. Call it
    before marts are built.
    """
    broken = verify(data)
    path = log_path(data)
    with transaction(connection):
        connection.execute("delete from ops.access_log")
        if path.exists():
            connection.execute(_READ_LOG, {"path": str(path), "broken": _line(broken)})
        if broken:
            # A line that was cut off the end, or is no entry, is not among those read.
            connection.execute(
                "insert into ops.access_log (entry_number, is_as_written) "
                "select $line, false where not exists ("
                "select 1 from ops.access_log where not is_as_written)",
                {"line": broken.line},
            )


def _fill(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]
) -> None:
    connection.execute(f"delete from ops.{table}")
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into ops.{table} values ({places})", rows)


def _line(broken: Break | None) -> int | None:
    return broken.line if broken else None
