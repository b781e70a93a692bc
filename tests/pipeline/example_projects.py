"""Real data sets as examples: built to the core, or run to a release."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import project
from orchestration.dbt.runner import invoke
from orchestration.examples import example_project, land_example
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import source_tables
from orchestration.warehouse import PROJECT_ROOT, DataDir, connect


def build(name: str, root: Path, *further: str) -> Path:
    """Take an example from its files to the core and further models.

    Returns:
        The warehouse.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C360_DATA_DIR", str(root))
        patch.setenv("C360_PROJECT_DIR", str(example_project(name)))
        patch.setenv("C360_TARGET", "dev")
        data = DataDir(root)
        land_example(name, data)
        with connect(data.dev_warehouse) as connection:
            for source in source_tables(project.manifest()):
                load_table(connection, source, data, datetime.now(UTC))
            connection.execute("update ops.batches set status = 'accepted'")
        # Tests that reach into layers which are not built here belong to the slow run.
        only = ("--indirect-selection", "buildable")
        without = ("--exclude-resource-type", "unit_test")
        select = ("--select", "+customer360.core", *further)
        result = invoke(["build", *select, *only, *without])
        assert result.success, result.message
        return data.dev_warehouse


def release(name: str, root: Path) -> Path:
    """Run an example to its release; return the published file."""
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run", "--example", name],
        env={**os.environ, "C360_DATA_DIR": str(root)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    data = DataDir(root / "examples" / name)
    return (data.published / "current").resolve() / "customer360.duckdb"


def rows(warehouse: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()
