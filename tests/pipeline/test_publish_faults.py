"""Readers see all of the old release or all of the new, whatever breaks."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import datetime

import duckdb
import pytest

from orchestration.releases import draft, reuse
from orchestration.releases import publish as publishing
from orchestration.releases.files import (
    Publication,
    ReleaseBrokenError,
    write_files,
)
from orchestration.releases.publish import publish
from orchestration.releases.stamp import Stamp
from orchestration.releases.tables import Column, Table
from orchestration.warehouse import PROJECT_ROOT, DataDir, connect
from tests.pipeline.small_releases import MANIFEST, build, count, release_of


def test_a_reader_keeps_the_old_release_and_the_next_one_sees_the_new(data):
    release_of(data, "run1", 5, 1)
    path = str(data.published / "current/customer360.duckdb")
    with duckdb.connect(path, read_only=True) as old:
        release_of(data, "run2", 7, 2)
        query = "select count(*), max(email) from marts.customers"
        assert old.execute(query).fetchall() == [(5, "4@example.com")]
        assert count(data) == 7


def test_another_process_reads_while_the_warehouse_is_written(data):
    release_of(data, "run1", 5, 1)
    path = data.published / "current/customer360.duckdb"
    script = f"""
        import duckdb
        reader = duckdb.connect({str(path)!r}, read_only=True)
        print(reader.execute("select count(*) from marts.customers").fetchall())
    """
    with connect(data.warehouse) as warehouse:
        warehouse.execute("begin")
        warehouse.execute("delete from marts.customers")
        done = run_python(script, data)
        warehouse.execute("rollback")
    assert done.stdout.strip() == "[(5,)]"


def run_python(script: str, data: DataDir) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=os.environ | {"C360_DATA_DIR": str(data.root)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


STEPS = [
    "write_files",
    "renew_files",
    "verify_file",
    "sync",
    "point_readers_to",
    "drop_old",
]


@pytest.mark.parametrize("step", STEPS)
def test_an_error_at_any_step_leaves_a_whole_release(data, monkeypatch, step):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2)

    def fail(*_args, **_kwargs):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        if step == "write_files":
            patch.setattr(reuse, "GROWN", 0)
        patch.setattr(draft if hasattr(draft, step) else publishing, step, fail)
        with pytest.raises(OSError, match="No space"):
            publish("run2", data, manifest=MANIFEST)
    assert count(data) == (7 if step == "drop_old" else 5)

    publish("run3", data, manifest=MANIFEST)
    assert count(data) == 7
    assert not list(data.published.rglob("*.tmp"))


def test_a_killed_process_leaves_the_release_and_the_next_run_clears_up(data):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2)
    script = f"""
        import os, signal
        from orchestration.releases import draft, publish
        from orchestration.warehouse import DataDir
        draft.verify_file = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        publish.publish("run2", DataDir.from_env(), manifest={MANIFEST!r})
    """
    assert run_python(script, data).returncode == -signal.SIGKILL
    assert count(data) == 5
    assert (data.published / "releases/run2.tmp").is_dir()

    publish("run3", data, manifest=MANIFEST)
    assert count(data) == 7
    assert not list(data.published.rglob("*.tmp"))


def test_an_error_in_a_file_is_told_and_lets_go_of_both(data, tmp_path):
    column = Column("x", "no_such_type", is_nullable=True, comment=None)
    table = Table("marts", "odd", 1, None, (column,))
    stamp = Stamp("run1", datetime(2026, 1, 1), "1.0", {"marts.odd": 0}, [])
    with connect(data.warehouse) as warehouse:
        with pytest.raises(duckdb.CatalogException, match="no_such_type"):
            write_files(
                warehouse,
                tmp_path / "w",
                tmp_path / "m",
                Publication([table], stamp, {}, "key"),
            )
        attached = warehouse.execute("from duckdb_databases() where not internal")
        assert len(attached.fetchall()) == 1


def test_a_file_that_came_out_wrong_is_not_published(data, monkeypatch):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2)
    write = draft.write_files

    def write_too_little(connection, whole, *args):
        write(connection, whole, *args)
        with duckdb.connect(str(whole)) as broken:
            broken.execute(
                "update marts.customers set email = 'x' where email like '3%'"
            )

    monkeypatch.setattr(reuse, "GROWN", 0)
    monkeypatch.setattr(draft, "write_files", write_too_little)
    with pytest.raises(ReleaseBrokenError, match=r"does not hold marts\.customers"):
        publish("run2", data, manifest=MANIFEST)
    assert count(data) == 5
