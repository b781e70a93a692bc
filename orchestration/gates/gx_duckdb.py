"""Great Expectations on DuckDB: a SQLAlchemy dialect that its SQL engine can use.

Great Expectations knows no DuckDB, and the community dialect breaks it in three ways,
mended here and nowhere else:

* it reads results after the pooled connection was handed back (and rolled back), so
  every cursor is a DuckDB cursor of its own;
* it reflects columns through `pg_catalog` tables that DuckDB lacks, so reflection asks
  `duckdb_columns()`;
* it looks up regular expressions and type names in the dialect's module, which is this
  one: hence the star import and `DremioDialect`, the one branch of Great Expectations
  that emits `regexp_matches(column, pattern)`.

Importing this module imports SQLAlchemy, not Great Expectations.
"""

from __future__ import annotations

import re
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb
import sqlalchemy as sa
from duckdb_engine import (
    ConnectionWrapper,
    CursorWrapper,
    DuckDBIdentifierPreparer,
)
from duckdb_engine import Dialect as DuckDBEngineDialect
from sqlalchemy.engine.interfaces import (
    DBAPIConnection,
    ReflectedColumn,
    ReflectedPrimaryKeyConstraint,
)
from sqlalchemy.types import *  # noqa: F403 -- type names are looked up in this module
from sqlalchemy.types import NullType, TypeEngine

if TYPE_CHECKING:
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine

_TYPES_OF_OTHER_NAME: dict[str, type[TypeEngine[Any]]] = {
    "DOUBLE": sa.DOUBLE,
    "HUGEINT": sa.BIGINT,
    "TINYINT": sa.SMALLINT,
    "TIMESTAMP WITH TIME ZONE": sa.TIMESTAMP,
    "UUID": sa.UUID,
}


class _IdentifierPreparer(DuckDBIdentifierPreparer):
    """Quotes every keyword: a column called `at` is no syntax error."""

    def __init__(self, dialect: DuckDBEngineDialect, **kwargs: Any) -> None:
        super().__init__(dialect, **kwargs)
        self.reserved_words |= _keywords()


class _Connection(ConnectionWrapper):
    """A connection whose cursors live, and fetch, independently of each other."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        connection.execute("set global timezone = 'UTC'")
        self._duckdb = connection
        self._open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()

    def cursor(self) -> CursorWrapper:
        cursor = self._duckdb.cursor()
        self._open.add(cursor)
        return CursorWrapper(cursor, self)

    def close(self) -> None:
        # An unread result would otherwise keep the database file open.
        for cursor in list(self._open):
            cursor.close()
        super().close()


class Dialect(DuckDBEngineDialect):
    """The community's DuckDB dialect, with cursors and reflection that work."""

    preparer = _IdentifierPreparer
    supports_statement_cache = False

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._columns: dict[tuple[str, str], list[tuple[str, str, bool]]] = {}

    def connect(self, *args: Any, **kwargs: Any) -> DBAPIConnection:
        """Open the file as everybody else does: another config would be refused."""
        kwargs.pop("url_config", None)
        connection = _Connection(duckdb.connect(*args, **kwargs))
        return cast(DBAPIConnection, connection)

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin nothing: no cursor would be within the connection's transaction."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Undo nothing: nothing was begun, and a gate only reads."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit nothing."""

    def get_columns(
        self,
        connection: sa.Connection,
        table_name: str,
        schema: str | None = None,
        **_: Any,
    ) -> list[ReflectedColumn]:
        """Return name, type and nullability of every column, in order.

        Raises:
            sqlalchemy.exc.NoSuchTableError: there is no such table or view.
        """
        if not self._columns:
            self._columns = _columns(connection)
        columns = self._columns.get((str(schema or "main"), str(table_name)))
        if not columns:
            raise sa.exc.NoSuchTableError(table_name)
        return [
            {
                "name": name,
                "type": _type(data_type),
                "nullable": is_nullable,
                "default": None,
            }
            for name, data_type, is_nullable in columns
        ]

    def get_pk_constraint(
        self,
        connection: sa.Connection,
        table_name: str,
        schema: str | None = None,
        **_: Any,
    ) -> ReflectedPrimaryKeyConstraint:
        """Report no primary key: a gate judges rows, not declarations."""
        return {"constrained_columns": [], "name": None}


def _columns(
    connection: sa.Connection,
) -> dict[tuple[str, str], list[tuple[str, str, bool]]]:
    """Return the columns of every table, which costs as much as those of one."""
    found: dict[tuple[Any, Any], list[tuple[Any, Any, Any]]] = {}
    rows = connection.execute(
        sa.text(
            "select schema_name, table_name, column_name, data_type, is_nullable "
            "from duckdb_columns() where database_name = current_database() "
            "order by column_index"
        )
    )
    for schema, table, name, data_type, is_nullable in rows:
        found.setdefault((schema, table), []).append((name, data_type, is_nullable))
    return found


def _type(data_type: str) -> TypeEngine[Any]:
    """Translate a DuckDB type name, as `DECIMAL(18,2)`, to SQLAlchemy's type."""
    name, *arguments = re.split(r"[(),]+", data_type.rstrip(")"))
    known = _TYPES_OF_OTHER_NAME.get(name) or getattr(sa.types, name, None)
    if known is None or "[" in data_type:
        return NullType()
    return known(*(int(argument) for argument in arguments))


class DremioDialect(Dialect):
    """Carries the name by which Great Expectations chooses `regexp_matches`."""


@contextmanager
def execution_engine(path: Path) -> Iterator[SqlAlchemyExecutionEngine]:
    """Open `path` for Great Expectations, and let go of the file after.

    It only reads, but DuckDB opens a file in one way at a time within a process, and a
    run holds it open to write.
    """
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine

    engine = sa.create_engine(f"duckdb+gates:///{path}")
    try:
        gx_engine = SqlAlchemyExecutionEngine(
            engine=engine, create_temp_table=False, caching=False
        )
        gx_engine.dialect_module = sys.modules[__name__]
        yield gx_engine
    finally:
        gx_engine.close()
        engine.dispose()


sa.dialects.registry.register("duckdb.gates", __name__, "Dialect")


@cache
def _keywords() -> frozenset[str]:
    with duckdb.connect() as connection:
        rows = connection.execute("select keyword_name from duckdb_keywords()")
        return frozenset(name for (name,) in rows.fetchall())
