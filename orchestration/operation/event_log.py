"""Dagster's SQLite storage, with the event log's connections kept open.

Dagster opens and closes a database for every event, and closing a write-ahead log
checkpoints it: a run of a thousand events spends a sixth of its time there. This keeps
Dagster's files and formats, and only its way of connecting differs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import Connection, Engine, create_engine, event

# One file for the index and one for each run: a server that shows many runs must not
# keep them all open.
_MAX_OPEN_FILES = 8


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """Dagster's SQLite event log, one connection a file, kept for the next event."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(*args, **kwargs)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.pop(shard, None) or self._open(shard)
            self._engines[shard] = engine  # the last used comes last
            while len(self._engines) > _MAX_OPEN_FILES:
                self._engines.pop(next(iter(self._engines))).dispose()
            with engine.begin() as connection:
                yield connection

    def _open(self, shard: str) -> Engine:
        engine = create_engine(
            self.conn_string_for_shard(shard),
            pool_size=1,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
        )
        event.listen(engine, "connect", _relax_syncing)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def has_table(self, table_name: str) -> bool:
        """Tell whether the index has a table; Dagster asks with every event."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close the files."""
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()


class KeptSqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage of runs, events and schedules, with that event log."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        theirs = self._event_log_storage
        self._event_log_storage = KeptSqliteEventLogStorage(theirs._base_dir)
        theirs.dispose()

    @classmethod
    def from_config_value(
        cls, inst_data: Any, config_value: Any
    ) -> "KeptSqliteStorage":
        """Return the storage that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)


def _relax_syncing(connection: Any, _record: Any) -> None:
    # With a write-ahead log this cannot corrupt; a power cut may lose the last events.
    connection.execute("pragma synchronous = normal")
