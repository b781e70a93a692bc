"""Where tables are fetched from, and by which cursor, as the source YAML says.

Belongs here: the declaration, and what can be wrong with it. Does not belong here: the
fetching. Names of environment variables stand for all that is secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

_ENVIRONMENT_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


@dataclass(frozen=True)
class PostgresOrigin:
    """A table or query of a PostgreSQL database."""

    dsn_env: str
    """Environment variable that holds the connection string."""
    query: str
    cursor: str | None = None
    """Column that grows with every insert and update."""
    overlap: str | None = None
    """How far before the cursor an extract begins: an interval, or a number."""
    deletes_every_hours: float | None = None
    time_zone: str = "UTC"
    """What timestamps without a zone are in."""
    takes_files: bool = False
    """Whether files that people drop are taken as well, and do without a server."""

    SETTINGS: ClassVar = frozenset(
        {
            *("dsn_env", "path", "query", "cursor", "overlap"),
            *("deletes_every_hours", "time_zone"),
        }
    )
    format: ClassVar = "parquet"
    switch_hint: ClassVar = (
        "It holds the connection string, such as postgresql://user:password@host/db."
    )

    @property
    def switch(self) -> str:
        """The environment variable without which nothing is fetched."""
        return self.dsn_env


def postgres_origin(ingest: Mapping[str, Any], key: tuple[str, ...]) -> PostgresOrigin:
    """Read the declaration of a table of kind `postgres`.

    Raises:
        ValueError: it is wrong; the message is the rest of a sentence about the table.
    """
    path, query = ingest.get("path"), ingest.get("query")
    if bool(path) == bool(query):
        raise ValueError("kind postgres needs meta.ingest.path or query, one of them")
    if not key:
        raise ValueError("kind postgres needs meta.ingest.key, a list of columns")
    cursor = incremental_cursor(ingest)
    hours = ingest.get("deletes_every_hours")
    if hours is not None:
        if not isinstance(hours, int | float) or hours < 0:
            raise ValueError(
                "meta.ingest.deletes_every_hours must be a number of hours"
            )
        if ingest["mode"] != "upsert":
            raise ValueError(
                "meta.ingest.deletes_every_hours is for mode upsert; a snapshot shows "
                "deletes by itself, and what is appended stays"
            )
    return PostgresOrigin(
        dsn_env=environment_name(ingest, "dsn_env"),
        query=str(query or f"select * from {_relation(str(path))}").strip().rstrip(";"),
        cursor=cursor,
        overlap=None if ingest.get("overlap") is None else str(ingest["overlap"]),
        deletes_every_hours=hours,
        time_zone=str(ingest.get("time_zone", "UTC")),
        takes_files="format" in ingest,
    )


def incremental_cursor(ingest: Mapping[str, Any]) -> str | None:
    """Return the cursor column, if one is declared.

    Raises:
        ValueError: it is no name, or the mode does not go with a cursor.
    """
    cursor = ingest.get("cursor")
    if cursor is None:
        return None
    if not isinstance(cursor, str):
        raise ValueError("meta.ingest.cursor must be one column")
    if ingest["mode"] == "snapshot":
        raise ValueError("a snapshot is the whole table and has no meta.ingest.cursor")
    return cursor


def environment_name(settings: Mapping[str, Any], name: str) -> str:
    """Return the environment variable that a setting names.

    Raises:
        ValueError: there is none, or it looks like the secret itself.
    """
    value = settings.get(name)
    if not isinstance(value, str) or not _ENVIRONMENT_NAME.fullmatch(value):
        raise ValueError(
            f"meta.ingest.{name} must name an environment variable in capital letters; "
            "connections and secrets are not written into files"
        )
    return value


def _relation(path: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in path.split("."))
