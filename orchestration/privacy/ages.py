"""How long what lies beside the tables is kept, and what of it is too old.

`vars.retention_days` of dbt_project.yml has the days by place; a place without them is
kept for good. Belongs here: files that left their tables, reports, logs, releases,
Dagster's runs, entries of journals, and exports of nobody. Does not belong here: raw
rows, whose table says how long (`ingestion/retention.py`), and which rows of a history
are old (`history_ages.py`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from orchestration.activation import sent
from orchestration.ingestion.landing import look_at
from orchestration.kept.backup import BackupError, made_backups, read_backup
from orchestration.privacy import access_log, rectifications, restrictions
from orchestration.privacy.history_ages import HISTORIES
from orchestration.project import project_dir
from orchestration.releases.directory import current_manifest
from orchestration.warehouse import DataDir


class RetentionError(ValueError):
    """What is declared of retention cannot be followed; the message says why."""


@dataclass(frozen=True)
class Aged:
    """What of one place is older than it is kept.

    Attributes:
        place: a name of `vars.retention_days`.
        days: how long it is kept.
        items: files, folders, runs or entries.
    """

    place: str
    days: int
    items: int


def declared_limits(project: Path | None = None) -> dict[str, int]:
    """Return the days that places are kept, of those that have any.

    Raises:
        RetentionError: a place is unknown, or its days are no number above nought.
    """
    path = (project or project_dir()) / "dbt_project.yml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    limits = (said.get("vars") or {}).get("retention_days") or {}
    for place, days in limits.items():
        if place not in PLACES:
            raise RetentionError(
                f"{path}: retention_days names {place!r}; there are "
                f"{', '.join(PLACES)}."
            )
        if days is not None and (type(days) is not int or days <= 0):
            raise RetentionError(
                f"{path}: retention_days of {place} is {days!r}; it must be a whole "
                "number of days above nought, or null to keep it for good."
            )
    return {place: days for place, days in limits.items() if days is not None}


def remove_aged(
    data: DataDir,
    limits: Mapping[str, int],
    now: datetime,
    *,
    dry_run: bool = False,
) -> list[Aged]:
    """Remove what is older than it is kept, and log it; return what went.

    Args:
        data: the data directory.
        limits: days by place.
        now: from when age is counted, UTC.
        dry_run: only tell what would go.

    Raises:
        AccessLogError: the access log is not as it was written.
    """
    now = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    found = [
        Aged(place, days, PLACES[place](data, now - timedelta(days=days), dry_run))
        for place, days in limits.items()
    ]
    gone = [aged for aged in found if aged.items]
    if gone and not dry_run:
        access_log.append(
            data,
            "retention.remove",
            purpose="Older than it is kept",
            details={aged.place: aged.items for aged in gone},
        )
    return gone


def _archived(data: DataDir, before: datetime, dry_run: bool) -> int:
    files = (path for path in data.archive.rglob("*") if path.is_file())
    dated = ((path, look_at(path, path.name).dropped_on) for path in files)
    return _remove((p for p, day in dated if day < before.date()), dry_run)


def _backups(data: DataDir, before: datetime, dry_run: bool) -> int:
    """Remove backups that this data directory made and that still are there."""

    def is_old(path: Path) -> bool:
        try:
            return read_backup(path).created_at < before
        except BackupError:
            return False

    there = (path for path in made_backups(data) if path.is_dir())
    return _remove(filter(is_old, there), dry_run)


def _releases(data: DataDir, before: datetime, dry_run: bool) -> int:
    """Remove releases other than the one that readers see."""
    current = current_manifest(data)

    def is_old(release: Path) -> bool:
        path = release / "manifest.json"
        if not path.exists():
            return False
        said = json.loads(path.read_text(encoding="utf-8"))
        is_current = current is not None and said["run_id"] == current["run_id"]
        return not is_current and _moment(said["published_at"]) < before

    return _remove(filter(is_old, (data.published / "releases").glob("*")), dry_run)


def _files_of(folder: str) -> Callable[[DataDir, datetime, bool], int]:
    """Return what removes files of a folder that nobody wrote to since."""

    def remove(data: DataDir, before: datetime, dry_run: bool) -> int:
        files = (path for path in (data.root / folder).rglob("*") if path.is_file())
        return _remove(
            (path for path in files if path.stat().st_mtime < _epoch(before)), dry_run
        )

    return remove


def _runs(data: DataDir, before: datetime, dry_run: bool) -> int:
    """Remove runs from Dagster's store, with their events and logs."""
    import dagster as dg

    from orchestration.operation.instance import dagster_instance

    if not (data.root / "dagster").is_dir():
        return 0
    with dagster_instance(data) as instance:
        old = instance.get_run_ids(
            dg.RunsFilter(created_before=before.replace(tzinfo=UTC))
        )
        for run_id in () if dry_run else old:
            instance.delete_run(run_id)
    return len(old)


def _logged(data: DataDir, before: datetime, dry_run: bool) -> int:
    """Take entries out of the access log, which is chained anew and says so."""
    old = sum(entry["at"] < before for entry in access_log.entries(data))
    if old and not dry_run:
        access_log.forget_before(data, before)
    return old


def _requests(data: DataDir, before: datetime, dry_run: bool) -> int:
    """Take out corrections that were taken back, and restrictions that were lifted."""
    return rectifications.forget_settled(
        data, before, dry_run=dry_run
    ) + restrictions.forget_settled(data, before, dry_run=dry_run)


def _exports(data: DataDir, before: datetime, dry_run: bool) -> int:
    """Remove what is kept of audiences of which a destination holds nobody any more.

    Who is at a destination is known by these files alone, so they stay as long as that.
    """
    return _remove(iter(sent.empty_since(data, _epoch(before))), dry_run)


PLACES: Mapping[str, Callable[[DataDir, datetime, bool], int]] = {
    "archive": _archived,
    "backups": _backups,
    "releases": _releases,
    "reports": _files_of("reports"),
    "logs": _files_of("logs"),
    "runs": _runs,
    "requests": _requests,
    "access_log": _logged,
    "exports": _exports,
    **{name: history.remove for name, history in HISTORIES.items()},
}
"""What removes, or counts in a dry run, what is older than a moment."""

WHAT: Mapping[str, str] = {
    "archive": "landing files whose rows left their table",
    "backups": "backups that were made of this data",
    "releases": "releases that readers do not see any more",
    "reports": "reports of the gates",
    "logs": "log files",
    "runs": "runs of the pipeline, with their events",
    "requests": "restrictions that were lifted, corrections taken back",
    "access_log": "entries of the access log",
    "exports": "what was sent of audiences of which the destination holds nobody",
    "customer_history": "versions of customers that hold no more",
    "segment_history": "memberships of segments that ended",
    "gate_results": "findings on what was replaced or decided on",
    "model_performance": "figures of models that are not used any more",
}
"""What goes from each place, in words."""


def _remove(paths: Iterator[Path], dry_run: bool) -> int:
    old = list(paths)
    for path in () if dry_run else old:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return len(old)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _epoch(moment: datetime) -> float:
    return moment.replace(tzinfo=UTC).timestamp()
