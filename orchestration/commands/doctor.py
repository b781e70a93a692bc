"""What can be wrong with a set-up, and how to mend it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from orchestration.clock import behind
from orchestration.commands.terminal import nobody_reads
from orchestration.identity.rules import check_rules
from orchestration.project import on_spark
from orchestration.spark.readiness import SparkMissingError, what_is_there
from orchestration.warehouse import DataDir, WarehouseLockedError, connect

_FREE_SPACE_WANTED = 2 * 1024**3
_CLOCK_MAY_LAG = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    mend: str = ""


def examine(data: DataDir, root: Path) -> list[Finding]:
    """Look at the interpreter, the packages, the data directory and the project."""
    return [
        _python(),
        *_packages(root),
        *_spark(),
        *_data_directory(data),
        *_warehouse(data),
        *_dbt_project(data),
        *_rules(root),
    ]


def _rules(root: Path) -> Iterator[Finding]:
    complaints = check_rules(root)
    for complaint in complaints:
        yield Finding("A rule of identity is wrong", False, complaint)
    if not complaints:
        yield Finding("Rules of identity", True)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        f"Python {version}",
        sys.version_info >= (3, 11),
        "Install Python 3.11 or newer, delete .venv and run: make install",
    )


def _packages(root: Path) -> Iterator[Finding]:
    locked = dict(_locked_versions(root / "requirements.lock"))
    for name in ("dbt-core", "dbt-duckdb", "duckdb", "dagster", "great-expectations"):
        wanted = locked.get(name, "any version")
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(f"{name} is not installed", False, "Run: make install")
            continue
        yield Finding(
            f"{name} {found}",
            wanted in (found, "any version"),
            f"requirements.lock has {wanted}. Run: make install",
        )


def _spark() -> Iterator[Finding]:
    if on_spark():
        for what, mend in what_is_there():
            yield Finding(what, mend is None, mend or "")


def _locked_versions(path: Path) -> Iterator[tuple[str, str]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, _, version = line.split(";")[0].strip(" \\").partition("==")
            yield name.split("[")[0], version.strip(" \\")


def _data_directory(data: DataDir) -> Iterator[Finding]:
    parent = next(p for p in (data.root, *data.root.parents) if p.exists())
    yield Finding(
        f"Data directory {data.root}",
        os.access(parent, os.W_OK),
        f"{parent} cannot be written. Set C360_DATA_DIR to a folder that can.",
    )
    free = shutil.disk_usage(parent).free
    yield Finding(
        f"{free / 1024**3:.0f} GB free",
        free >= _FREE_SPACE_WANTED,
        "Free some space or set C360_DATA_DIR to a larger disk.",
    )
    files = sum(1 for path in data.landing.glob("*/*/*") if path.is_file())
    yield Finding(
        f"{files} landing files",
        files > 0,
        f"Put exports under {data.landing}/<system>/<table>/, or make a sample world "
        "with: c360 universe",
    )


def _warehouse(data: DataDir) -> Iterator[Finding]:
    if not data.warehouse.exists():
        yield Finding("No warehouse yet", False, "Run: c360 run")
        return
    try:
        with connect(data.warehouse, read_only=True) as connection:
            tables = connection.execute(
                "select count(*) from duckdb_tables()"
            ).fetchall()
            late = behind(connection)
    except WarehouseLockedError as error:
        yield Finding("The warehouse is locked", False, str(error))
        return
    except duckdb.CatalogException:
        yield Finding("A warehouse of an earlier version", False, "Run: c360 run")
        return
    yield Finding(f"Warehouse with {tables[0][0]} tables", True)
    yield Finding(
        f"Clock {late} behind the warehouse" if late > _CLOCK_MAY_LAG else "Clock",
        late <= _CLOCK_MAY_LAG,
        "Set the machine's clock. Runs are safe meanwhile: what they write down bears "
        "the newest time that was told before.",
    )


def _dbt_project(data: DataDir) -> Iterator[Finding]:
    from orchestration.feeds import require_heard_models
    from orchestration.ingestion.landing import unread_folders
    from orchestration.ingestion.sources import source_tables
    from orchestration.project import ProjectError, manifest

    try:
        project = manifest()
    except SparkMissingError as error:
        yield Finding("The dbt project cannot be parsed", False, str(error))
        return
    except ProjectError as error:
        yield Finding("The dbt project does not parse", False, str(error))
        return
    try:
        sources = source_tables(project)
        require_heard_models(project)
    except ValueError as error:
        yield Finding("The dbt project cannot be run", False, str(error))
        return
    models = sum(n["resource_type"] == "model" for n in project["nodes"].values())
    yield Finding(
        f"dbt project with {models} models and {len(sources)} source tables",
        models > 0,
        "Run: dbt parse",
    )
    folders = [source.landing_folder for source in sources]
    for folder in unread_folders(data.landing, folders):
        yield Finding("Files that nobody reads", False, nobody_reads(folder))
