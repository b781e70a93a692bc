"""Retention: whole files leave raw, the ledger says so, and days can be read again."""

from datetime import date

import pytest

from orchestration.ingestion.retention import apply_retention, ask_again
from orchestration.ingestion.sources import SourceDeclarationError, source_tables
from tests.unit.ingestion.conftest import NOW

OLD = "id,name,note\n1,Ann,x\n2,Bo\n"
YOUNG = "id,name,note\n3,Cy,x\n"


@pytest.fixture
def kept(intake):
    """A table that keeps rows for 30 days, with a file of 40 days and one of one."""
    intake.declare(retention_days=30)
    intake.drop("2026-05-22.csv", OLD)
    intake.drop("2026-06-30.csv", YOUNG)
    intake.load()
    intake.sql("update ops.batches set status = 'accepted'")
    return intake


def remove(intake, **options):
    return apply_retention(
        intake.connection, [intake.source], intake.data, NOW, **options
    )


def files(intake, root: str) -> list[str]:
    folder = intake.data.root / root / intake.source.landing_folder
    return sorted(path.name for path in folder.glob("*"))


def assert_what_is_there_is_what_came_less_what_left(intake):
    rows, held = intake.sql(
        """
        select
            sum(rows_loaded - coalesce(rows_removed, 0)),
            sum(rows_quarantined - coalesce(quarantined_removed, 0))
        from ops.ingested_files
        left join ops.removed_rows
            using (source_system, source_table, path, file_version)
        """
    )[0]
    assert intake.sql("select count(*) from raw_crm.people") == [(rows,)]
    assert intake.sql("select count(*) from quarantine.rows") == [(held,)]
    uneven = "rows_read <> rows_loaded + rows_quarantined"
    assert intake.sql(f"select path from ops.ingested_files where {uneven}") == []


def test_files_that_are_too_old_leave_whole(kept):
    (removal,) = remove(kept)
    assert (removal.source, removal.files, removal.rows) == ("crm.people", 1, 1)
    assert kept.rows() == [("3", "Cy", "x")]
    assert kept.quarantine() == []
    assert files(kept, "landing") == ["2026-06-30.csv"]
    assert files(kept, "archive") == ["2026-05-22.csv"]
    assert kept.sql("select path from ops.accepted_files") == [
        ("crm/people/2026-06-30.csv",)
    ]
    assert_what_is_there_is_what_came_less_what_left(kept)


def test_doing_it_twice_changes_nothing(kept):
    remove(kept)
    ledger = kept.sql("from ops.removed_rows")
    assert remove(kept) == []
    assert kept.sql("from ops.removed_rows") == ledger
    assert kept.load().files == []


def test_a_dry_run_removes_nothing(kept):
    (removal,) = remove(kept, dry_run=True)
    assert removal.rows == 1
    assert len(kept.rows()) == 2
    assert files(kept, "archive") == []


def test_killed_before_the_files_moved_the_next_call_moves_them(kept, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.ingestion.retention._archive", lambda *_: None)
        remove(kept)
    assert files(kept, "archive") == []
    assert kept.load().files == []
    assert remove(kept) == []
    assert files(kept, "archive") == ["2026-05-22.csv"]


def test_a_batch_that_awaits_a_decision_is_left_alone(kept):
    kept.sql("update ops.batches set status = 'waiting'")
    assert remove(kept) == []
    assert len(kept.rows()) == 2


def test_a_table_without_retention_keeps_everything(kept):
    kept.declare(retention_days=None)
    assert remove(kept) == []
    assert len(kept.rows()) == 2


def test_days_are_read_again_from_landing_and_from_the_archive(kept):
    remove(kept)
    days = (date(2026, 5, 1), date(2026, 6, 30))
    asked = ask_again(kept.connection, kept.source, kept.data, *days)
    assert len(asked) == 2
    result = kept.load(NOW.replace(hour=7))
    assert [file.rows_loaded for file in result.files] == [1, 1]
    kept.sql("update ops.batches set status = 'accepted'")
    read = kept.sql(
        """
        select raw.id from raw_crm.people as raw
        inner join ops.accepted_files as accepted
            on raw._file = accepted.path and raw._batch_id = accepted.batch_id
        order by raw.id
        """
    )
    assert read == [("1",), ("3",)]
    assert_what_is_there_is_what_came_less_what_left(kept)
    # Retention was not raised, so the old one leaves again.
    (removal,) = remove(kept)
    assert removal.files == 1
    assert_what_is_there_is_what_came_less_what_left(kept)


def test_days_without_files_and_files_that_are_gone_are_said(kept):
    one = date(2020, 1, 1)
    with pytest.raises(ValueError, match=r"No file of crm\.people"):
        ask_again(kept.connection, kept.source, kept.data, one, one)
    (kept.folder / "2026-06-30.csv").unlink()
    day = date(2026, 6, 30)
    with pytest.raises(ValueError, match=r"people/2026-06-30.csv is neither in"):
        ask_again(kept.connection, kept.source, kept.data, day, day)


@pytest.mark.parametrize(
    ("mode", "days", "what"),
    [
        ("upsert", 30, "for mode append"),
        ("append", 0, "whole number of days"),
        ("append", "a year", "whole number of days"),
    ],
)
def test_a_retention_that_cannot_be_kept_is_refused(mode, days, what):
    node = {
        "source_name": "crm",
        "name": "people",
        "schema": "raw_crm",
        "columns": {"id": {}},
        "meta": {
            "retention_days": days,
            "ingest": {"kind": "file", "format": "csv", "mode": mode, "key": ["id"]},
        },
    }
    with pytest.raises(SourceDeclarationError, match=what):
        source_tables({"sources": {"s": node}})
