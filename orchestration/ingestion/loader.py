"""From landing files to raw rows: one call, one table, one transaction.

What is new becomes one batch; files that a lost warehouse had loaded become the batches
that they were (`remembered.py`). Either all of it is in the raw table, the ledger and
quarantine, or nothing is: a load that is killed leaves the warehouse as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from orchestration.ingestion import (
    ledger,
    left_out,
    quarantine,
    raw_table,
    readers,
    remembered,
)
from orchestration.ingestion.cursors import is_fetched
from orchestration.ingestion.landing import SETTLE_SECONDS, LandingFile, find_files
from orchestration.ingestion.ledger import FileResult
from orchestration.ingestion.remembered import Share
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.staged import (
    DROP_STAGED,
    RefusedFileError,
    RowEquationError,
    Staged,
)
from orchestration.privacy.erasure.resent import without_erased
from orchestration.warehouse import DataDir, transaction
from orchestration.wording import counted

# What DuckDB raises when data is at fault, not the machine or this code.
_DATA_ERRORS = (
    duckdb.DataError,
    duckdb.InvalidInputException,
    duckdb.NotSupportedError,
)


@dataclass(frozen=True)
class LoadResult:
    """What one call did."""

    batch_id: str | None
    """The last of this call; None when no file was loaded."""
    newest_batch_id: str | None
    """The newest batch of the table, of this call or of an earlier one."""
    files: list[FileResult] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Files that are still being written."""
    lost: list[str] = field(default_factory=list)
    """Files that only `state/` knows: a rebuilt warehouse lacks their rows."""
    schema_changes: list[tuple[str, str]] = field(default_factory=list)
    """(column, 'new' or 'missing'), each once."""

    @property
    def rows_read(self) -> int:
        """Physical rows of all files of this call."""
        return sum(file.rows_read for file in self.files)

    @property
    def rows_loaded(self) -> int:
        """Rows that are in the raw table now."""
        return sum(file.rows_loaded for file in self.files)

    @property
    def rows_quarantined(self) -> int:
        """Rows that are not in the raw table, those of refused files included."""
        return sum(file.rows_quarantined for file in self.files)


class _UnreadableDataError(Exception):
    """DuckDB could not take a file in; the transaction is lost, the file known."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


@dataclass
class _Batch:
    """One attempt at loading what is new."""

    connection: duckdb.DuckDBPyConnection
    source: SourceTable
    share: Share
    unreadable: dict[str, str]
    files: list[FileResult] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    schema_changes: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def loaded(self) -> list[FileResult]:
        """The files whose rows are in the raw table now."""
        return [file for file in self.files if file.is_loaded]

    def take(self, file: LandingFile) -> None:
        """Load a file, or record why not."""
        sha256 = None
        try:
            sha256 = file.sha256()
            self._take(file, sha256)
        except RefusedFileError as error:
            self._refuse(file, sha256, error.reason, error.rows)
        except FileNotFoundError:
            self._refuse(file, None, "disappeared while it was being read")
        except OSError as error:
            self._refuse(file, None, f"cannot be read ({error.strerror or error})")

    def _take(self, file: LandingFile, sha256: str) -> None:
        if ledger.is_loaded(self.connection, self.source, file, sha256):
            ledger.record_touch(self.connection, self.source, file)
        elif twin := self._twin(file, sha256):
            note = f"{ledger.SAME_CONTENT}{twin}; it was not loaded again."
            self._record(file, sha256, FileResult(file.path, note=note))
        elif result := self._load(file):
            self._record(file, sha256, result)
        else:
            self.waiting.append(file.path)

    def _twin(self, file: LandingFile, sha256: str) -> str | None:
        """Return the file that somebody sent again; what was fetched again is news."""
        if is_fetched(file.location.name):
            return None
        return ledger.same_content(self.connection, self.source, file, sha256)

    def _load(self, file: LandingFile) -> FileResult | None:
        """Load the rows of a file; None if it changes meanwhile."""
        if file.path in self.unreadable:
            raise RefusedFileError(self.unreadable[file.path])
        try:
            staged = readers.stage(self.connection, self.source, file)
            staged = left_out.without(staged, self.source.left_out)
            if not file.is_unchanged():
                return None
            return self._insert(file, staged)
        except _DATA_ERRORS as error:
            reason = f"cannot be read ({str(error).splitlines()[0]})"
            raise _UnreadableDataError(file.path, reason) from error

    def _insert(self, file: LandingFile, staged: Staged) -> FileResult:
        origin = (file.path, self.share.batch_id, self.share.loaded_at)
        new = raw_table.add_columns(self.connection, self.source, staged.columns)
        missing = [n for n in self.source.columns if n not in staged.columns]
        changes = [(n, "new") for n in new if n not in raw_table.OWN_COLUMNS]
        changes += [(n, "missing") for n in missing]
        if staged.rows:
            raw_table.record_schema_changes(
                self.connection, self.source, changes, *origin
            )
            self.schema_changes.update(dict.fromkeys(changes))
        loaded = raw_table.insert_rows(self.connection, self.source, staged, *origin)
        bad = quarantine.quarantine_rows(self.connection, self.source, *origin)
        quarantine.record_replays(self.connection, self.source, staged, *origin)
        if staged.rows != loaded + bad:
            raise RowEquationError(
                f"{file.path} has {staged.rows} rows, but {loaded} were loaded and "
                f"{bad} quarantined. Nothing of this batch was kept; this is an error "
                "of the loader, please report it with the file."
            )
        note = None if staged.rows else "The file has no rows."
        return FileResult(file.path, staged.rows, loaded, bad, note, is_loaded=True)

    def _refuse(
        self, file: LandingFile, sha256: str | None, reason: str, rows: int = 0
    ) -> None:
        """Quarantine a file whole. Without a hash the ledger does not know it."""
        lost = f"; none of {counted(rows, 'row')} was loaded" if rows else ""
        note = f"The file {reason}{lost}."
        quarantine.quarantine_file(
            self.connection, self.source, file.path, note, self.share.loaded_at
        )
        result = FileResult(file.path, rows, 0, rows, note)
        if sha256:
            self._record(file, sha256, result)
        else:
            self.files.append(result)

    def _record(self, file: LandingFile, sha256: str, result: FileResult) -> None:
        ledger.record_file(
            self.connection,
            self.source,
            file,
            sha256,
            result,
            self.share.batch_id if result.is_loaded else None,
            self.share.loaded_at,
            self.share.versions.get(file.path),
        )
        self.files.append(result)


def load_table(
    connection: duckdb.DuckDBPyConnection,
    source: SourceTable,
    data: DataDir,
    now: datetime,
    settle_seconds: float = SETTLE_SECONDS,
) -> LoadResult:
    """Load every new file of a source table, in one transaction.

    Args:
        connection: the warehouse, with the tables of `ops` in place and no transaction
            open.
        source: the table.
        data: the data directory that holds landing/.
        now: the time to be written down, UTC if it bears no zone.
        settle_seconds: how long a file must not have changed to be read.

    Returns:
        What became of each new file. Files that cannot be read are in it, too: they
        never stop the others.

    Raises:
        RowEquationError: a row was lost; nothing was loaded.
        StateUnreadableError: the mirror of the ledger is damaged.
        SuppressionKeyError: people were erased, and the key that knows them is gone.
    """
    now = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    found, waiting = find_files(data.landing, source.landing_folder, settle_seconds)
    unread = ledger.unread_files(connection, source, found)
    paths = [file.path for file in found]
    lost = remembered.lost_files(connection, source, data, [*paths, *waiting])
    shares = remembered.shares(connection, source, data, unread, now)
    # What is remembered was loaded without the erased, and what is new may bring them.
    shares[-1].files[:] = [
        without_erased(connection, source, data, file) for file in shares[-1].files
    ]
    unreadable: dict[str, str] = {}
    while True:
        try:
            with transaction(connection):
                raw_table.ensure_table(connection, source)
                batches = [
                    _load(_Batch(connection, source, share, unreadable), data)
                    for share in shares
                ]
                connection.execute(DROP_STAGED)
            break
        except _UnreadableDataError as error:
            unreadable[error.path] = error.reason
    loaded = [batch.share.batch_id for batch in batches if batch.loaded]
    return LoadResult(
        batch_id=loaded[-1] if loaded else None,
        newest_batch_id=ledger.newest_batch(connection, source),
        files=[file for batch in batches for file in batch.files],
        waiting=sorted({*waiting, *(p for batch in batches for p in batch.waiting)}),
        lost=lost,
        schema_changes=list(
            dict.fromkeys(c for batch in batches for c in batch.schema_changes)
        ),
    )


def _load(batch: _Batch, data: DataDir) -> _Batch:
    for file in batch.share.files:
        batch.take(file)
    if batch.loaded:
        ledger.record_batch(
            batch.connection,
            batch.source,
            batch.share.batch_id,
            batch.loaded,
            batch.share.loaded_at,
        )
        remembered.decide_again(batch.connection, data, batch.share, batch.loaded)
    return batch
