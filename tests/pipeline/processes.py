"""Runs as processes of their own, and what their data directories hold afterwards."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from orchestration.warehouse import PROJECT_ROOT, DataDir

DOOMED = PROJECT_ROOT / "tests/pipeline/doomed.py"

# Columns that say when or by which run a thing was done, and not what is so.
OF_THE_RUN = {
    "run_id", "linked_at", "valid_from", "valid_to", "changed_at", "decided_at",
    "measured_at", "committed_from", "committed_to", "published_at",
}  # fmt: skip


def c360(
    data: DataDir,
    *args: str,
    doom: str | None = None,
    timeout: float = 1500,
    **settings,
):
    """Run a command on a data directory; return the finished process."""
    program = [str(DOOMED), doom] if doom else ["-m", "orchestration.cli"]
    return subprocess.run(
        [sys.executable, *program, *args],
        env={
            **os.environ,
            "C360_DATA_DIR": str(data.root),
            "PYTHONPATH": str(PROJECT_ROOT),
            "COLUMNS": "1000",
        },
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        **settings,
    )


def succeed(data: DataDir, *args: str, **settings) -> None:
    done = c360(data, *args, **settings)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def copy_of(data: DataDir, to: Path) -> DataDir:
    shutil.copytree(data.root, to, symlinks=True)
    return DataDir(to)


def query(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def released(data: DataDir) -> Path:
    return (data.published / "current").resolve() / "customer360.duckdb"


def assert_whole(data: DataDir) -> str:
    """Hold the release that readers see to its manifest; return its run."""
    path = released(data)
    manifest = json.loads((path.parent / "manifest.json").read_text())
    for name, table in manifest["tables"].items():
        assert query(path, f"select count(*) from {name}") == [(table["rows"],)]
    return manifest["run_id"]


def assert_no_row_lost(data: DataDir) -> None:
    lost = query(
        data.warehouse,
        "select path from ops.ingested_files "
        "where rows_read != rows_loaded + rows_quarantined",
    )
    assert lost == []
    twice = query(
        data.warehouse,
        "select record_seq from identity.record_registry "
        "group by record_seq having count(*) > 1",
    )
    assert twice == []


def assert_same_marts(data: DataDir, expected: DataDir) -> None:
    """Compare every published table, row by row, both ways; not those about runs."""
    different = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{released(data)}' as found (read_only)")
        connection.execute(f"attach '{released(expected)}' as expected (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name, list(column_name) "
            "from duckdb_columns() where database_name = 'expected' "
            "and table_name not in "
            "('_published', 'freshness', 'data_quality', 'identity_quality', "
            "'identity_changes') "
            "group by all order by all"
        ).fetchall()
        assert len(tables) > 10
        for table, columns in tables:
            names = ", ".join(c for c in columns if c not in OF_THE_RUN)
            for one, other in (("found", "expected"), ("expected", "found")):
                rows = connection.execute(
                    f"select {names} from {one}.{table} except all "
                    f"select {names} from {other}.{table} limit 3"
                ).fetchall()
                if rows:
                    different.append((table, f"only {one}", names, rows))
    assert different == []
