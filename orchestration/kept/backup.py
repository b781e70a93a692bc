"""Backups: a whole copy of what a data directory cannot do without.

A backup holds landing/, archive/, state/, exports/, the release that readers see, and
the warehouse, which can be left out: it is rebuilt from landing/ and state/. A manifest
has the hash of each file.
Belongs here: making a backup, and reading what it says. Does not belong here: putting
it back (restore.py).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.kept.json_lines import JsonLines
from orchestration.privacy.erasure.journal import refuse_if_pending
from orchestration.releases.directory import current_manifest, sync
from orchestration.warehouse import DataDir, WarehouseDamagedError, connect

MANIFEST = "manifest.json"
FORMAT = 1
WAREHOUSE = "warehouse.duckdb"
FOLDERS = ("state", "landing", "archive", "exports")
ERASED_SINCE = "erased_since.parquet"
"""Keyed hashes of who was erased, put beside a backup; see privacy/erasure/backups."""

_CHUNK = 1024 * 1024

Progress = Callable[[str], None]


class BackupError(ValueError):
    """Nothing was backed up, or put back; the message says why and what to do."""


@dataclass(frozen=True)
class CopiedFile:
    """A file of a backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Backup:
    """What a manifest says."""

    path: Path
    created_at: datetime
    release: str | None
    has_warehouse: bool
    files: dict[str, CopiedFile]

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files.values())


def back_up(
    data: DataDir,
    to: Path,
    *,
    with_warehouse: bool = True,
    progress: Progress = lambda _text: None,
) -> Backup:
    """Copy a data directory to a new folder under `to`; it is whole once it is there.

    The warehouse is held meanwhile, so that no run writes. A landing file that is still
    being written is left out, as it would be by a run.

    Raises:
        BackupError: there is nothing to back up, or `to` is in the data directory.
        UnfinishedErasureError: an erasure is half done, and so would be the copy.
        WarehouseLockedError: a run is writing.
        WarehouseDamagedError: the warehouse should be copied and cannot be read.
    """
    if not any((data.root / folder).is_dir() for folder in FOLDERS):
        raise BackupError(
            f"{data.root} holds neither landing/ nor state/: there is nothing to back "
            "up. Set C360_DATA_DIR to the data directory."
        )
    if to.resolve().is_relative_to(data.root.resolve()):
        raise BackupError(
            f"{to} is inside the data directory, and would be lost with it. Name a "
            "folder elsewhere, best on another disk: c360 backup --to DIR"
        )
    refuse_if_pending(data)
    created_at = datetime.now(UTC).replace(tzinfo=None)
    final = to / f"c360-{created_at:%Y%m%dT%H%M%SZ}"
    draft = final.with_name(f"{final.name}.tmp")
    for leftover in to.glob("c360-*.tmp"):
        shutil.rmtree(leftover)
    with hold(data, must_be_whole=with_warehouse):
        draft.mkdir(parents=True)
        files = {}
        # The warehouse comes last: closing the copied file lets go of the lock.
        for name, source in _sources(data, with_warehouse):
            progress(name)
            copied = _copy_still(source, draft / name)
            if copied:
                files[name] = copied
        release = current_manifest(data)
        backup = Backup(
            path=final,
            created_at=created_at,
            release=release["run_id"] if release else None,
            has_warehouse=WAREHOUSE in files,
            files=files,
        )
    _write_manifest(backup, draft / MANIFEST)
    progress("the disk")
    sync(draft)
    draft.rename(final)
    sync(to)
    made = JsonLines(_made(data))
    with made.locked():
        made.append([{"path": str(final)}])
    return backup


def made_backups(data: DataDir) -> list[Path]:
    """Return the backups that were made of a data directory, be they there or not.

    Raises:
        StateUnreadableError: a line of the journal names none.
    """
    return JsonLines(_made(data)).read(
        lambda line: Path(line["path"]), "no backup. Take the line out."
    )


def _made(data: DataDir) -> Path:
    return data.state / "backups.jsonl"


def read_backup(path: Path) -> Backup:
    """Return what the manifest of a backup says.

    Raises:
        BackupError: the folder is no backup, or its manifest is damaged.
    """
    manifest = path / MANIFEST
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise BackupError(
                f"{path} is a backup of format {said['format']}; this version reads "
                f"format {FORMAT}. Restore it with the version that wrote it."
            )
        return Backup(
            path=path,
            created_at=datetime.fromisoformat(said["created_at"]),
            release=said["release"],
            has_warehouse=said["has_warehouse"],
            files={n: CopiedFile(**file) for n, file in said["files"].items()},
        )
    except FileNotFoundError:
        raise BackupError(
            f"{path} is no backup: it has no {MANIFEST}. Name a folder that "
            "`c360 backup` made; its name begins with c360-."
        ) from None
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise BackupError(f"{manifest} is damaged. Restore another backup.") from error


@contextmanager
def hold(data: DataDir, *, must_be_whole: bool) -> Iterator[None]:
    """Hold the warehouse, so that no run writes, with all of it in its one file."""
    with ExitStack() as stack:
        if data.warehouse.exists():
            try:
                connection = stack.enter_context(connect(data.warehouse))
                connection.execute("checkpoint")
            except WarehouseDamagedError as error:
                if must_be_whole:
                    raise WarehouseDamagedError(
                        f"{error} To back up the rest: c360 backup --no-warehouse"
                    ) from error
        yield


def _sources(data: DataDir, with_warehouse: bool) -> Iterator[tuple[str, Path]]:
    """Yield the files to copy by their names in the backup, the warehouse last."""
    current = data.published / "current"
    folders = [(folder, data.root / folder) for folder in FOLDERS]
    if current.exists():
        release = current.resolve()
        folders.append((f"published/releases/{release.name}", release))
    for name, folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".tmp":
                yield f"{name}/{path.relative_to(folder).as_posix()}", path
    if with_warehouse and data.warehouse.exists():
        yield WAREHOUSE, data.warehouse


def _copy_still(source: Path, target: Path) -> CopiedFile | None:
    """Copy a file; None, and no copy, if it changed or went meanwhile."""
    try:
        before = source.stat()
        copied = copy_file(source, target)
        after = source.stat()
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        target.unlink()
        return None
    return copied


def copy_file(source: Path, target: Path) -> CopiedFile:
    """Copy content and times; return the hash of what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            size += writer.write(chunk)
    # The order of files without a date in their name is that of their times.
    shutil.copystat(source, target)
    return CopiedFile(size, digest.hexdigest())


def _write_manifest(backup: Backup, path: Path) -> None:
    said = {
        "format": FORMAT,
        "created_at": backup.created_at.isoformat(),
        "release": backup.release,
        "has_warehouse": backup.has_warehouse,
        "files": {name: asdict(file) for name, file in backup.files.items()},
    }
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
