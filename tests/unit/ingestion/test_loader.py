"""Batches, the ledger, and what happens when a load is cut short."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from orchestration.ingestion import ledger, quarantine
from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.staged import RowEquationError
from orchestration.warehouse import connect

HEADER = "id,name,note\n"
NOW = datetime(2026, 7, 1, 6, 0)


def test_the_table_is_there_before_any_file_is(intake):
    result = intake.load()
    assert (result.batch_id, result.newest_batch_id) == (None, None)
    assert intake.sql(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = 'raw_crm' order by column_index"
    ) == [
        ("id", "VARCHAR"),
        ("name", "VARCHAR"),
        ("note", "VARCHAR"),
        ("_file", "VARCHAR"),
        ("_line", "BIGINT"),
        ("_loaded_at", "TIMESTAMP"),
        ("_batch_id", "VARCHAR"),
    ]


def test_a_column_declared_later_is_added(intake):
    intake.load()
    intake.declare(columns={**intake.source.columns, "phone": "varchar"})
    intake.load()
    assert intake.rows("phone") == []


def test_one_call_is_one_batch_that_waits_for_its_gate(intake):
    intake.drop("2026-06-02.csv", HEADER + "2,b,y\n3,c\n")
    intake.drop("2026-06-01.csv", HEADER + "1,a,x\n")
    result = intake.load()
    assert [f.path for f in result.files] == [
        "crm/people/2026-06-01.csv",
        "crm/people/2026-06-02.csv",
    ]
    assert result.batch_id.startswith("20260701T060000.000000Z-crm-people-")
    assert intake.sql(
        "select batch_id, status, files, rows_read, rows_loaded, rows_quarantined, "
        "loaded_at from ops.batches"
    ) == [(result.batch_id, "pending", 2, 3, 2, 1, NOW)]
    assert intake.sql(
        "select path, file_version, dropped_on::varchar, batch_id, length(sha256) "
        "from ops.ingested_files order by path"
    ) == [
        ("crm/people/2026-06-01.csv", 1, "2026-06-01", result.batch_id, 64),
        ("crm/people/2026-06-02.csv", 1, "2026-06-02", result.batch_id, 64),
    ]


def test_batch_ids_sort_by_time_in_any_time_zone(intake):
    intake.drop("1.csv", HEADER + "1,a,x\n")
    first = intake.load(datetime(2026, 7, 1, 6, 0, tzinfo=UTC)).batch_id
    intake.drop("2.csv", HEADER + "2,a,x\n")
    tokyo = timezone(timedelta(hours=9))
    second = intake.load(datetime(2026, 7, 1, 15, 1, tzinfo=tokyo))
    assert first < second.batch_id == second.newest_batch_id
    assert second.batch_id.startswith("20260701T060100")


def test_a_file_is_not_read_twice(intake):
    path = intake.drop("1.csv", HEADER + "1,a,x\n")
    first = intake.load()
    second = intake.load()
    assert (second.batch_id, second.files) == (None, [])
    assert second.newest_batch_id == first.batch_id

    path.touch()
    assert intake.load().files == []
    assert len(intake.rows()) == 1


def test_an_untouched_file_is_not_even_hashed(intake, monkeypatch):
    path = intake.drop("1.csv", HEADER + "1,a,x\n")
    intake.load()
    path.touch()
    intake.load()

    hashed = []
    digest = LandingFile.sha256

    def watched(file):
        hashed.append(file.path)
        return digest(file)

    monkeypatch.setattr(LandingFile, "sha256", watched)
    intake.load()
    assert hashed == []
    intake.drop("2.csv", HEADER + "2,b,y\n")
    intake.load()
    assert len(hashed) == 1


def test_a_change_is_seen_though_size_and_time_of_modification_are_as_before(intake):
    path = intake.drop("1.csv", HEADER + "1,a,x\n")
    before = path.stat()
    intake.load()
    path.write_text(HEADER + "1,b,x\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert intake.load().rows_loaded == 1


def test_a_changed_file_is_a_new_version_that_replaces_the_old_once_accepted(intake):
    intake.drop("1.csv", HEADER + "1,a,x\n2,b,y\n")
    first = intake.load().batch_id
    intake.connection.execute("update ops.batches set status = 'accepted'")
    intake.drop("1.csv", HEADER + "1,A,x\n")
    second = intake.load().batch_id

    accepted = "select path, batch_id from ops.accepted_files"
    assert intake.sql(accepted) == [("crm/people/1.csv", first)]
    intake.connection.execute("update ops.batches set status = 'accepted'")
    assert intake.sql(accepted) == [("crm/people/1.csv", second)]
    assert len(intake.rows()) == 3, "rows of the old version stay"


def test_a_file_that_returns_to_earlier_content_is_a_new_version(intake):
    for name in ("a", "b", "a"):
        intake.drop("1.csv", HEADER + f"1,{name},x\n")
        assert intake.load().rows_loaded == 1
    assert intake.sql("select max(file_version) from ops.ingested_files") == [(3,)]


@pytest.mark.parametrize("mode", ["append", "upsert", "snapshot"])
@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_file_sent_again_under_another_name_is_noted_only(intake, mode, in_one_batch):
    intake.declare(mode=mode)
    intake.drop("2026-06-01.csv", HEADER + "1,a,x\n")
    if not in_one_batch:
        intake.load()
    intake.drop("2026-06-01_again.csv", HEADER + "1,a,x\n")
    again = intake.load().files[-1]
    assert (again.rows_read, again.is_loaded) == (0, False)
    assert again.note == (
        "The file has the same content as crm/people/2026-06-01.csv; "
        "it was not loaded again."
    )
    assert len(intake.rows()) == 1
    assert intake.sql(
        "select rows_read, batch_id, note from ops.ingested_files "
        "where path like '%again%'"
    ) == [(0, None, again.note)]


def test_a_snapshot_that_returns_to_an_earlier_state_is_news(intake):
    intake.declare(mode="snapshot")
    for day, name in enumerate(("a", "b", "a"), start=1):
        intake.drop(f"2026-06-0{day}.csv", HEADER + f"1,{name},x\n")
    assert intake.load().rows_loaded == 3


def test_the_same_content_in_another_table_is_loaded(intake):
    intake.drop("1.csv", HEADER + "1,a,x\n")
    intake.load()
    intake.declare(table="leads")
    intake.drop("1.csv", HEADER + "1,a,x\n")
    assert intake.load().rows_loaded == 1


def test_an_error_leaves_everything_as_it_was(intake, monkeypatch):
    intake.drop("1.csv", HEADER + "1,a,x\n")
    intake.load()
    intake.drop("2.csv", "id,name,note,more\n2,b,y,?\n3,c\n")

    def fail(*arguments):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "record_batch", fail)
        with pytest.raises(RuntimeError, match="the disk is full"):
            intake.load()
    assert intake.rows("*") == intake.rows(
        "id, name, note, _file, _line, _loaded_at, _batch_id"
    )
    assert intake.quarantine() == []
    assert intake.sql("select count(*) from ops.ingested_files") == [(1,)]
    assert intake.sql("select count(*) from ops.schema_changes") == [(0,)]
    assert intake.load().rows_read == 2


def test_a_process_that_is_killed_leaves_everything_as_it_was(intake):
    intake.drop("1.csv", HEADER + "1,a,x\n")
    intake.connection.close()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_LOADING],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == -9
    with connect(intake.data.warehouse) as connection:
        intake.connection = connection
        assert intake.sql("select count(*) from ops.ingested_files") == [(0,)]
        assert intake.sql(
            "select count(*) from duckdb_tables() where schema_name = 'raw_crm'"
        ) == [(0,)]
        assert intake.load().rows_loaded == 1


KILLED_WHILE_LOADING = """
import os, signal
from datetime import datetime
from orchestration.ingestion import ledger, loader
from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir, connect

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

ledger.record_batch = die
source = SourceTable("crm", "people", "csv", "append", ("id",), {"id": "varchar"})
with connect() as connection:
    loader.load_table(connection, source, DataDir.from_env(), datetime.now(), 0)
"""


def test_a_row_that_is_lost_stops_the_load(intake, monkeypatch):
    monkeypatch.setattr(quarantine, "quarantine_rows", lambda *arguments: 0)
    intake.drop("1.csv", HEADER + "1,a,x\n2,b\n")
    with pytest.raises(RowEquationError, match="has 2 rows, but 1 were loaded and 0"):
        intake.load()
    assert intake.sql("select count(*) from ops.ingested_files") == [(0,)]
