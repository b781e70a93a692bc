"""The way back: a backup put in place, or a damaged warehouse put aside.

Nothing is touched before every file of a backup was verified. Belongs here: putting
back and setting aside. Does not belong here: making a backup (backup.py).
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from orchestration.kept.backup import (
    FOLDERS,
    WAREHOUSE,
    Backup,
    BackupError,
    CopiedFile,
    Progress,
    copy_file,
    hold,
    read_backup,
)
from orchestration.privacy.erasure.journal import refuse_if_pending
from orchestration.releases.directory import point_readers_to, sync
from orchestration.warehouse import DataDir, connect, transaction


def restore(
    source: Path,
    data: DataDir,
    *,
    force: bool = False,
    progress: Progress = lambda _text: None,
) -> Backup:
    """Put a backup back; the directory is touched only once every file was verified.

    Readers keep what they see until the release of the backup takes its place in one
    step. Without a warehouse in the backup there is none afterwards: the next run
    rebuilds it. Who was erased since the backup was made is about to be erased again:
    neither its warehouse nor its release is put back, and no run starts before
    `erase.carry_on` is done.

    Args:
        source: the folder of the backup.
        data: where to; created if need be.
        force: replace the data that is there.
        progress: told the name of each file.

    Raises:
        BackupError: `source` is no backup or is damaged, or there is data already.
        SuppressionKeyError: people were erased since, and the key that knows them is
            gone.
        UnfinishedErasureError: an erasure is half done in the data directory.
        WarehouseLockedError: a run is writing to the data directory.
    """
    from orchestration.privacy.erasure.backups import begin_again, keep_requests

    backup = read_backup(source)
    refuse_if_pending(data)
    there = [n for n in (*FOLDERS, WAREHOUSE, "published") if _holds(data.root / n)]
    if there and not force:
        raise BackupError(
            f"{data.root} holds data already ({', '.join(there)}). Restore into an "
            "empty directory (C360_DATA_DIR), or replace what is there with --force."
        )
    data.root.mkdir(parents=True, exist_ok=True)
    draft, old = data.root / "restore.tmp", data.root / "replaced.tmp"
    for leftover in (draft, old):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        with hold(data, must_be_whole=False):
            for name, expected in backup.files.items():
                progress(name)
                _copy_verified(source / name, draft / name, expected)
        keep_requests(data, source, DataDir(draft))
        erasure = begin_again(DataDir(draft), backup)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    if erasure:
        # Both have people who were erased; they are built anew without them.
        (draft / WAREHOUSE).unlink(missing_ok=True)
        shutil.rmtree(draft / "published", ignore_errors=True)
    sync(draft)
    _swap(data, draft, old)
    shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    if data.warehouse.exists():
        _recognise_files(data)
    return backup


def set_warehouse_aside(data: DataDir) -> Path:
    """Move the warehouse out of the way, so that the next run builds a new one.

    Returns:
        Where the old file is now; delete it once the new one is there.

    Raises:
        FileNotFoundError: there is no warehouse.
        WarehouseLockedError: a run is writing to it.
    """
    data.built_warehouse()
    with hold(data, must_be_whole=False):
        pass
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    aside = data.root / f"warehouse.{moment}.aside.duckdb"
    data.warehouse.rename(aside)
    wal = _wal_of(data.warehouse)
    if wal.exists():
        wal.rename(_wal_of(aside))
    return aside


def _copy_verified(source: Path, target: Path, expected: CopiedFile) -> None:
    try:
        copied = copy_file(source, target)
    except FileNotFoundError:
        raise BackupError(
            f"The backup is damaged: {source} is missing. Nothing was restored; try "
            "an older backup."
        ) from None
    if copied != expected:
        raise BackupError(
            f"The backup is damaged: {source} is not what its manifest says. Nothing "
            "was restored; try an older backup."
        )


def _swap(data: DataDir, draft: Path, old: Path) -> None:
    """Put the restored files in place, those before them under `old`."""
    old.mkdir()
    # Without a warehouse the next run rebuilds it, should this be cut short.
    for path in (data.warehouse, _wal_of(data.warehouse)):
        if path.exists():
            path.rename(old / path.name)
    # Nor does what Spark built go with the warehouse of the backup.
    shutil.rmtree(data.lake, ignore_errors=True)
    for folder in FOLDERS:
        here, restored = data.root / folder, draft / folder
        # Backups of an earlier version have no archive/. What destinations were sent
        # since a backup is known here alone.
        stays = folder == "exports" or (folder == "archive" and not restored.exists())
        if here.exists() and stays:
            continue
        if here.exists():
            here.rename(old / folder)
        if restored.exists():
            restored.rename(here)
    for release in (draft / "published" / "releases").glob("*"):
        kept = data.published / "releases" / release.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            release.rename(kept)
        point_readers_to(kept, data.published / "current")
    if (draft / WAREHOUSE).exists():
        (draft / WAREHOUSE).rename(data.warehouse)
    sync(data.state if data.state.exists() else data.root)


def _recognise_files(data: DataDir) -> None:
    """Tell the ledger that files which were put back are those it read before."""
    from orchestration.ingestion.landing import find_files

    folders = {p.parent for p in data.landing.glob("*/*/*") if p.is_file()}
    found = [
        (file.changed_at, file.path, file.bytes)
        for folder in sorted(folders)
        for file in find_files(
            data.landing, folder.relative_to(data.landing).as_posix(), 0
        )[0]
    ]
    if not found:
        return
    with connect(data.warehouse) as connection, transaction(connection):
        connection.executemany(
            "update ops.ingested_files set changed_at = ? where path = ? and bytes = ?",
            found,
        )


def _holds(path: Path) -> bool:
    """Tell whether there is a file, or a folder with anything in it."""
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def _wal_of(warehouse: Path) -> Path:
    return Path(f"{os.fspath(warehouse)}.wal")
