"""A copy of the release in PostgreSQL, for BI tools that want a server.

Belongs here: copying, and having readers of the server see one whole release or the
next. Does not belong here: what is published (publish.py), and reading from PostgreSQL
(ingestion/postgres.py).

Tables go into a schema of their own beside the one that readers use; then, in one
transaction, that one is dropped, the new one takes its name, and everybody who could
read the old one can read it. A reader waits for that moment at most, and sees no half.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.ingestion.sql import identifier
from orchestration.releases.directory import MASKED, WHOLE
from orchestration.warehouse import DataDir

# Rows that are on their way at once: some 20 MB of the widest mart.
_BATCH = 50_000

# What DuckDB has and ADBC does not take.
_AS_TEXT = {"JSON", "UUID", "HUGEINT"}

# Who may do what with a schema, its tables and their columns; no role is everybody.
_GRANTED = """
select roles.rolname::text, granted.relname, granted.attname, granted.privilege_type
from (
    select
        null::text as relname,
        null::text as attname,
        (aclexplode(schemas.nspacl)).*
    from pg_namespace as schemas
    where schemas.nspname = $1
    union all
    select tables.relname::text, null, (aclexplode(tables.relacl)).*
    from pg_class as tables
    where tables.relnamespace = to_regnamespace($1) and tables.relkind = 'r'
    union all
    select tables.relname::text, fields.attname::text, (aclexplode(fields.attacl)).*
    from pg_class as tables
    inner join pg_attribute as fields on tables.oid = fields.attrelid
    where tables.relnamespace = to_regnamespace($1) and tables.relkind = 'r'
) as granted
left join pg_roles as roles on granted.grantee = roles.oid
where roles.rolname is distinct from current_user
"""


class CopyError(ValueError):
    """Nothing was copied, readers keep what they have; the message says why."""


@dataclass(frozen=True)
class Copied:
    """What readers of the server now see."""

    run_id: str
    schema: str
    row_counts: dict[str, int]


def copy_release(
    data: DataDir, url: str, *, schema: str = "marts", masked: bool = True
) -> Copied:
    """Copy the marts of the current release into a schema of a PostgreSQL server.

    Args:
        data: where the release is.
        url: of the database, `postgresql://user:password@host/database`. The user must
            own the schema, or be allowed to create it.
        schema: its name there; whatever else is in it goes.
        masked: copy the masked twin, for readers without the right to personal data.

    Raises:
        FileNotFoundError: nothing was published yet.
        CopyError: the server refused something.
    """
    from adbc_driver_manager import Error
    from adbc_driver_postgresql import dbapi

    path = (data.published / "current" / (MASKED if masked else WHOLE)).resolve()
    if not path.exists():
        raise FileNotFoundError(
            f"There is no release under {data.published}. Run c360 run."
        )
    try:
        with (
            duckdb.connect(str(path), read_only=True) as release,
            dbapi.connect(url) as server,
        ):
            return _copy(release, server, schema)
    except Error as error:
        reason = str(error).splitlines()[0]
        raise CopyError(
            f"The copy to PostgreSQL failed, and readers keep the one before: {reason}"
        ) from error


def _copy(release: duckdb.DuckDBPyConnection, server: Any, schema: str) -> Copied:
    draft = f"{schema}_next"
    columns = _columns(release)
    with server.cursor() as cursor:
        cursor.execute(f"drop schema if exists {identifier(draft)} cascade")
        cursor.execute(f"create schema {identifier(draft)}")
        server.commit()
        row_counts = {}
        for table, values in columns.items():
            rows = release.sql(
                f"select {', '.join(values)} from marts.{identifier(table)}"
            ).to_arrow_reader(_BATCH)
            row_counts[table] = cursor.adbc_ingest(
                table, rows, mode="create", db_schema_name=draft
            )
            relation = f"{identifier(draft)}.{identifier(table)}"
            if identifier("customer_id") in values:
                cursor.execute(f"create index on {relation} (customer_id)")
            cursor.execute(f"analyze {relation}")
            server.commit()
        for statement in [
            *_comments(release, draft),
            *_grants(cursor, schema, columns),
        ]:
            cursor.execute(statement)
        # Without `cascade`: views that somebody made on the marts are not ours to drop.
        for table in _tables(cursor, schema):
            cursor.execute(f"drop table {identifier(schema)}.{identifier(table)}")
        cursor.execute(f"drop schema if exists {identifier(schema)}")
        cursor.execute(
            f"alter schema {identifier(draft)} rename to {identifier(schema)}"
        )
        server.commit()
    ((run_id,),) = release.execute("select run_id from marts._published").fetchall()
    return Copied(run_id, schema, row_counts)


def _tables(cursor: Any, schema: str) -> list[str]:
    cursor.execute(
        "select tablename::text from pg_tables where schemaname = $1 order by 1",
        (schema,),
    )
    return [table for (table,) in cursor.fetchall()]


def _grants(
    cursor: Any, schema: str, columns: Mapping[str, Collection[str]]
) -> list[str]:
    """Return statements that let into the draft whoever is let into the schema."""
    cursor.execute(_GRANTED, (schema,))
    draft = identifier(f"{schema}_next")
    statements = []
    for role, table, column, right in cursor.fetchall():
        who = identifier(role) if role else "public"
        if table is None:
            statements.append(f"grant {right} on schema {draft} to {who}")
        elif column is None and table in columns:
            statements.append(f"grant {right} on {draft}.{identifier(table)} to {who}")
        elif table in columns and identifier(column) in columns[table]:
            statements.append(
                f"grant {right} ({identifier(column)}) on "
                f"{draft}.{identifier(table)} to {who}"
            )
    return statements


def _columns(release: duckdb.DuckDBPyConnection) -> Mapping[str, list[str]]:
    """Return the values to copy of each table of the marts."""
    found: dict[str, list[str]] = {}
    for table, column, data_type in release.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where schema_name = 'marts' order by table_name, column_index"
    ).fetchall():
        name = identifier(column)
        is_text = data_type in _AS_TEXT
        found.setdefault(table, []).append(
            f"cast({name} as varchar) as {name}" if is_text else name
        )
    return found


def _comments(release: duckdb.DuckDBPyConnection, schema: str) -> Iterator[str]:
    """Yield statements that tell readers of the server what the release tells."""
    for table, column, comment in release.execute(
        "select table_name, null, comment from duckdb_tables() "
        "where schema_name = 'marts' and comment is not null union all "
        "select table_name, column_name, comment from duckdb_columns() "
        "where schema_name = 'marts' and comment is not null order by all"
    ).fetchall():
        relation = f"{identifier(schema)}.{identifier(table)}"
        text = "'" + comment.replace("'", "''") + "'"
        if column is None:
            yield f"comment on table {relation} is {text}"
        else:
            yield f"comment on column {relation}.{identifier(column)} is {text}"
