"""A landing folder, a warehouse, and a few words to say what a test drops and finds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.ingestion.loader import LoadResult, load_table
from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir, ops_ddl

NOW = datetime(2026, 7, 1, 6, 0)


@dataclass
class Intake:
    """One source table with its folder; the format and mode may be set anew."""

    data: DataDir
    connection: duckdb.DuckDBPyConnection
    source: SourceTable

    @property
    def folder(self) -> Path:
        folder = self.data.landing / self.source.landing_folder
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def declare(self, **settings) -> None:
        self.source = replace(self.source, **settings)

    def drop(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, now: datetime = NOW) -> LoadResult:
        result = load_table(
            self.connection, self.source, self.data, now, settle_seconds=0
        )
        assert_equation(self.connection, result)
        return result

    def load_one(self, name: str, content: bytes | str):
        """Drop a file, load, and return what became of it."""
        self.drop(name, content)
        (file,) = self.load().files
        return file

    def rows(self, columns: str = "id, name, note") -> list[tuple]:
        return self.sql(
            f"select {columns} from raw_{self.source.name} order by _file, _line"
        )

    def quarantine(self, columns: str = "line, reason, text") -> list[tuple]:
        return self.sql(f"select {columns} from quarantine.rows order by file, line")

    def sql(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()


def assert_equation(connection: duckdb.DuckDBPyConnection, result: LoadResult) -> None:
    """Rows read = loaded + quarantined, in the result and in what the tables hold."""
    for file in result.files:
        assert file.rows_read == file.rows_loaded + file.rows_quarantined, file
    in_ledger = connection.execute(
        """
        select
            coalesce(sum(rows_read), 0),
            coalesce(sum(rows_loaded), 0),
            coalesce(sum(rows_quarantined), 0)
        from ops.ingested_files
        where batch_id is not null
        """
    ).fetchall()[0]
    in_batches = connection.execute(
        """
        select
            coalesce(sum(rows_read), 0),
            coalesce(sum(rows_loaded), 0),
            coalesce(sum(rows_quarantined), 0)
        from ops.batches
        """
    ).fetchall()[0]
    assert in_ledger == in_batches
    (held,) = connection.execute(
        "select count(*) from quarantine.rows where line is not null"
    ).fetchall()[0]
    (removed,) = connection.execute(
        "select coalesce(sum(quarantined_removed), 0) from ops.removed_rows"
    ).fetchall()[0]
    assert held == in_ledger[2] - removed


@pytest.fixture
def intake(data: DataDir) -> Iterator[Intake]:
    """The CSV table `crm.people` with columns id, name, note and key id."""
    source = SourceTable(
        system="crm",
        table="people",
        format="csv",
        mode="append",
        key=("id",),
        columns={"id": "varchar", "name": "varchar", "note": "varchar"},
    )
    # In memory: what a transaction keeps and forgets is the same, without the disk.
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(ops_ddl())
        yield Intake(data, connection, source)
