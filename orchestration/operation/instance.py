"""Dagster's own store: runs, their events, schedules."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from orchestration.warehouse import PROJECT_ROOT, DataDir


@contextmanager
def dagster_instance(data: DataDir) -> Iterator[dg.DagsterInstance]:
    """Open Dagster's own store under the data directory, with this project's settings.

    `DAGSTER_HOME` names another place if it is set.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or data.root / "dagster")
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT_ROOT / "orchestration/dagster.yaml", home / "dagster.yaml")
    before = os.environ.get("DAGSTER_HOME")
    os.environ["DAGSTER_HOME"] = str(home)
    try:
        with dg.DagsterInstance.get() as instance:
            yield instance
    finally:
        if before is None:
            del os.environ["DAGSTER_HOME"]
