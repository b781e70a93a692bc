"""Backups: whole, verified, and put back without a gap for readers."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.kept import backup as backing_up
from orchestration.kept import restore as restoring
from orchestration.kept.backup import BackupError, back_up, read_backup
from orchestration.kept.restore import restore, set_warehouse_aside
from orchestration.warehouse import (
    DataDir,
    WarehouseDamagedError,
    WarehouseLockedError,
    connect,
)

FILE = "shopify/orders/2026-06-01.csv"
STATE = "cursors/pos.members.json"
OLD = "shopify/orders/2020-01-01.csv"


@pytest.fixture
def data(tmp_path, monkeypatch) -> DataDir:
    """A data directory with something of everything."""
    data = DataDir(tmp_path / "data")
    monkeypatch.setenv("C360_DATA_DIR", str(data.root))
    for path, text in (
        (data.landing / FILE, "id\n1\n"),
        (data.archive / OLD, "id\n0\n"),
        (data.landing / "shopify/orders/half.csv.tmp", "id\n"),
        (data.state / STATE, "{}"),
        (data.exports / "webhook/letter/sent.parquet", "c1"),
        (data.published / "releases/run1/customer360.duckdb", "marts"),
        (data.published / "releases/run1/manifest.json", '{"run_id": "run1"}'),
        (data.root / "logs/dbt.log", "long"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (data.published / "current").symlink_to("releases/run1")
    with connect(data.warehouse) as warehouse:
        warehouse.execute("create table kept as select 42 as answer")
    return data


@pytest.fixture
def backups(tmp_path) -> Path:
    return tmp_path / "backups"


def elsewhere(data: DataDir) -> DataDir:
    return DataDir(data.root.with_name("elsewhere"))


def answer(data: DataDir) -> list[tuple]:
    with connect(data.warehouse, read_only=True) as warehouse:
        return warehouse.execute("from kept").fetchall()


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "warehouse.duckdb"
    }


def test_all_that_counts_comes_back_into_an_empty_directory(data, backups):
    made = back_up(data, backups)
    target = elsewhere(data)
    restored = restore(made.path, target)

    assert restored == made == read_backup(made.path)
    assert (made.release, made.has_warehouse) == ("run1", True)
    assert set(made.files) == {
        "exports/webhook/letter/sent.parquet",
        "warehouse.duckdb",
        f"archive/{OLD}",
        f"landing/{FILE}",
        f"state/{STATE}",
        "published/releases/run1/customer360.duckdb",
        "published/releases/run1/manifest.json",
    }
    assert answer(target) == [(42,)]
    assert (target.published / "current/customer360.duckdb").read_text() == "marts"
    assert (target.landing / FILE).read_text() == "id\n1\n"
    assert (target.archive / OLD).read_text() == "id\n0\n"
    assert not list(target.root.glob("*.tmp"))


def test_times_of_landing_files_are_kept_since_they_order_them(data, backups):
    os.utime(data.landing / FILE, (1_000_000, 1_000_000))
    restore(back_up(data, backups).path, elsewhere(data))
    assert (elsewhere(data).landing / FILE).stat().st_mtime == 1_000_000


def test_the_ledger_recognises_restored_files_though_their_inodes_are_new(
    data, backups
):
    with connect(data.warehouse) as warehouse:
        warehouse.execute(
            "insert into ops.ingested_files by name select 'shopify' as source_system, "
            "'orders' as source_table, ? as path, 1 as file_version, 'x' as sha256, "
            "5 as bytes, timestamp '2026-01-01' as changed_at, "
            "date '2026-06-01' as dropped_on, 1 as rows_read, 1 as rows_loaded, "
            "0 as rows_quarantined, now() as ingested_at",
            [FILE],
        )
    target = elsewhere(data)
    restore(back_up(data, backups).path, target)
    with connect(target.warehouse, read_only=True) as warehouse:
        (changed_at,) = warehouse.execute(
            "select epoch(changed_at) from ops.ingested_files"
        ).fetchall()[0]
    assert changed_at == pytest.approx((target.landing / FILE).stat().st_ctime)


def test_without_the_warehouse_there_is_none_afterwards(data, backups):
    made = back_up(data, backups, with_warehouse=False)
    assert not made.has_warehouse
    restore(made.path, data, force=True)
    assert not data.warehouse.exists()
    assert (data.state / STATE).exists()


def test_what_is_there_is_replaced_only_when_asked(data, backups):
    made = back_up(data, backups)
    (data.landing / FILE).write_text("id\n2\n")
    (data.landing / "shopify/orders/new.csv").write_text("id\n3\n")
    data.lake.mkdir()
    (data.lake / "mark").write_text("what Spark built since")
    before = contents(data.root)
    with pytest.raises(BackupError, match=r"holds data already .*--force"):
        restore(made.path, data)
    assert contents(data.root) == before

    restore(made.path, data, force=True)
    assert [p.name for p in (data.landing / "shopify/orders").iterdir()] == [
        "2026-06-01.csv"
    ]
    assert (data.landing / FILE).read_text() == "id\n1\n"
    assert not data.lake.exists()


def test_what_left_by_retention_is_replaced_and_never_dropped(data, backups):
    with_archive = back_up(data, backups).path
    (data.archive / OLD).write_text("changed since")
    restore(with_archive, data, force=True)
    assert (data.archive / OLD).read_text() == "id\n0\n"

    manifest = with_archive / "manifest.json"
    said = json.loads(manifest.read_text())
    del said["files"][f"archive/{OLD}"]
    manifest.write_text(json.dumps(said))
    restore(with_archive, data, force=True)
    assert (data.archive / OLD).read_text() == "id\n0\n"


DAMAGES = {
    "changed": lambda path: path.write_text("id\n9\n"),
    "cut": lambda path: path.write_text("id"),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_changes_nothing_and_is_told_in_a_sentence(
    data, backups, damage
):
    made = back_up(data, backups)
    DAMAGES[damage](made.path / "landing" / FILE)
    before = contents(data.root)
    done = CliRunner().invoke(app, ["restore", str(made.path), "--force"])
    assert done.exit_code == 1
    assert "The backup is damaged" in done.output.replace("\n", " ")
    assert "Traceback" not in done.output
    assert contents(data.root) == before
    assert answer(data) == [(42,)]


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}', '{"format": 9}'])
def test_a_manifest_that_cannot_be_read_is_told(data, backups, text):
    made = back_up(data, backups)
    (made.path / "manifest.json").write_text(text)
    with pytest.raises(BackupError, match=r"Restore (another backup|it with the)"):
        restore(made.path, elsewhere(data))


def test_a_folder_that_is_no_backup_is_told(data, tmp_path):
    with pytest.raises(BackupError, match="is no backup"):
        restore(tmp_path, elsewhere(data))


def test_a_backup_inside_the_data_directory_is_refused(data):
    with pytest.raises(BackupError, match="lost with it"):
        back_up(data, data.root / "backups")


def test_an_empty_directory_has_nothing_to_back_up(tmp_path, backups):
    with pytest.raises(BackupError, match="nothing to back up"):
        back_up(DataDir(tmp_path / "none"), backups)


@pytest.fixture
def a_run(data):
    """Another process that holds the warehouse."""
    script = (
        "import duckdb, sys\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(data.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.stdin.close()


def test_while_a_run_writes_nothing_is_copied_replaced_or_put_aside(
    data, backups, a_run
):
    with pytest.raises(WarehouseLockedError):
        back_up(data, backups)
    assert not backups.exists()
    with pytest.raises(WarehouseLockedError):
        set_warehouse_aside(data)
    done = CliRunner().invoke(app, ["backup", "--to", str(backups)])
    assert done.exit_code == 1
    assert "in use by another process" in done.output.replace("\n", " ")


def test_a_restore_waits_for_no_run_either(data, backups):
    made = back_up(data, backups)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(); input()",
            str(data.warehouse),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    holder.stdout.readline()
    before = contents(data.root)
    try:
        with pytest.raises(WarehouseLockedError):
            restore(made.path, data, force=True)
    finally:
        holder.communicate(b"\n")
    assert contents(data.root) == before
    assert not list(data.root.glob("*.tmp"))


def test_a_backup_that_is_cut_short_has_not_its_name(data, backups, monkeypatch):
    def fail(*_args):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backing_up, "sync", fail)
        with pytest.raises(OSError, match="No space"):
            back_up(data, backups)
    assert [path.suffix for path in backups.iterdir()] == [".tmp"]
    made = back_up(data, backups)
    assert list(backups.iterdir()) == [made.path]


def test_a_restore_that_is_cut_short_can_be_done_again(data, backups, monkeypatch):
    made = back_up(data, backups)

    def fail(*_args):
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "point_readers_to", fail)
        with pytest.raises(OSError, match="killed"):
            restore(made.path, data, force=True)
    assert not data.warehouse.exists(), "the next run rebuilds it"
    restore(made.path, data, force=True)
    assert answer(data) == [(42,)]


def test_a_file_that_grows_while_it_is_copied_is_left_out(data, backups, monkeypatch):
    copy = backing_up.copy_file

    def copy_and_grow(source, target):
        copied = copy(source, target)
        if source.name == Path(FILE).name:
            source.write_text("id\n1\n2\n")
        return copied

    monkeypatch.setattr(backing_up, "copy_file", copy_and_grow)
    made = back_up(data, backups)
    assert f"landing/{FILE}" not in made.files
    assert not (made.path / "landing" / FILE).exists()


def test_a_damaged_warehouse_is_told_with_the_command_that_mends_it(data, backups):
    data.warehouse.write_bytes(b"damaged" * 1000)
    with pytest.raises(WarehouseDamagedError, match="c360 rebuild"):
        back_up(data, backups)
    assert not back_up(data, backups, with_warehouse=False).has_warehouse

    done = CliRunner().invoke(app, ["rebuild"])
    assert done.exit_code == 0, done.output
    assert not data.warehouse.exists()
    assert len(list(data.root.glob("warehouse.*.aside.duckdb"))) == 1


def test_without_a_warehouse_there_is_none_to_put_aside(data):
    shutil.rmtree(data.root)
    done = CliRunner().invoke(app, ["rebuild"])
    assert done.exit_code == 1
    assert "Make one with: c360 run" in done.output.replace("\n", " ")


@pytest.mark.parametrize("command", ["backup", "restore", "rebuild"])
def test_help_teaches(command):
    text = CliRunner().invoke(app, [command, "--help"]).output
    assert "run" in text
    assert "landing" in text


def test_what_destinations_were_sent_is_put_back_only_where_it_is_lost(data, backups):
    sent = data.exports / "webhook/letter/sent.parquet"
    made = back_up(data, backups)
    sent.write_text("c1 and, since then, c2")
    restore(made.path, data, force=True)
    assert sent.read_text() == "c1 and, since then, c2"
    shutil.rmtree(data.exports)
    restore(made.path, data, force=True)
    assert sent.read_text() == "c1"
