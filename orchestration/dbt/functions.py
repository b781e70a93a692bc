"""Functions of this project inside DuckDB.

Belongs here: registering them on a connection, dbt's or one of our own. Does not belong
here: what they compute, which is plain Python in modules of its own.
"""

from __future__ import annotations

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

from orchestration.dbt.phone import phones_e164


def register_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the functions on `connection`; a second call changes nothing.

    phone_e164(text, country) returns varchar: see `orchestration.dbt.phone.phone_e164`.
    """
    there = connection.execute(
        "select 1 from duckdb_functions() where function_name = 'phone_e164'"
    ).fetchall()
    if not there:
        connection.create_function(
            "phone_e164",
            phones_e164,
            ["VARCHAR", "VARCHAR"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
