"""Files that should never have come: one clear sentence each, and the others load."""

import gzip

import pytest

from orchestration.ingestion import csv_rows, landing, loader
from orchestration.ingestion.staged import MAX_ROW_BYTES

HEADER = "id,name,note\n"
GOOD = HEADER + "1,a,x\n"


@pytest.fixture
def intake(intake):
    """A folder in which a good file lies before and after the bad one."""
    intake.drop("2026-06-01.csv", GOOD)
    intake.drop("2026-06-30.csv", HEADER + "2,b,y\n")
    return intake


def load_between(intake, name: str, content: bytes | str):
    """Drop a file between the good ones; return what became of it."""
    intake.drop(name, content)
    before, bad, after = intake.load().files
    assert before.rows_loaded == after.rows_loaded == 1
    return bad


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("2026-06-02.csv", b"", "The file is empty."),
        ("2026-06-02.csv", b"\n\n\r\n", "The file is empty."),
        (
            "2026-06-02.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "The file is a PNG image.",
        ),
        (
            "2026-06-02.csv",
            b"PAR1\x15\x04\x15\x10\nPAR1",
            "The file is a Parquet file.",
        ),
        (
            "2026-06-02.csv",
            b"PK\x03\x04\x14\0\x06\0",
            "The file is a ZIP archive or an Excel workbook.",
        ),
        (
            "2026-06-02.csv",
            gzip.compress(GOOD.encode(), mtime=0),
            "The file is gzip data (a compressed file must be named .gz).",
        ),
        (
            "2026-06-02.csv",
            GOOD.encode("utf-16"),
            "The file is text in UTF-16, not UTF-8.",
        ),
        (
            "2026-06-02.csv.gz",
            gzip.compress(GOOD.encode() * 1000, mtime=0)[:-12],
            "The file has gzip data that is cut off; send it again.",
        ),
        (
            "2026-06-02.csv.gz",
            b"id,name,note\n5,e,v\n",
            "The file has damaged gzip data (Not a gzipped file (b'id')); send it "
            "again.",
        ),
        (
            "2026-06-02.xlsx",
            b"PK\x03\x04",
            "The file does not end in .csv or .csv.gz or .tsv or .tsv.gz or .txt or "
            ".txt.gz, as the files of crm.people must.",
        ),
    ],
)
def test_a_file_that_is_something_else_is_refused(intake, name, content, sentence):
    bad = load_between(intake, name, content)
    assert (bad.note, bad.rows_read, bad.is_loaded) == (sentence, 0, False)
    assert intake.quarantine("file, line, reason") == [
        (f"crm/people/{name}", None, sentence)
    ]


def test_a_refused_file_is_not_tried_again_until_it_changes(intake):
    load_between(intake, "2026-06-02.csv", b"")
    assert intake.load().files == []

    file = intake.load_one("2026-06-02.csv", HEADER + "3,c,z\n")
    assert file.rows_loaded == 1
    versions = intake.sql(
        "select file_version, rows_loaded from ops.ingested_files "
        "where path like '%06-02%' order by file_version"
    )
    assert versions == [(1, 0), (2, 1)]


def test_a_refused_file_that_is_touched_is_tried_again(intake):
    path = intake.drop("2026-06-02.csv", "id;name;note\n3;c;z\n")
    assert not intake.load().files[1].is_loaded
    intake.declare(delimiter=";")
    path.touch()
    (file,) = intake.load().files
    assert file.is_loaded


def test_a_refused_version_does_not_hide_the_good_one_before_it(intake):
    intake.load()
    intake.load_one("2026-06-01.csv", b"")
    intake.connection.execute("update ops.batches set status = 'accepted'")
    assert intake.sql("select count(*) from ops.accepted_files") == [(2,)]


def test_a_header_alone_is_a_file_without_rows(intake):
    bad = load_between(intake, "2026-06-02.csv", HEADER)
    assert (bad.note, bad.is_loaded) == ("The file has no rows.", True)
    assert intake.quarantine() == []


def test_a_field_of_ten_megabytes_is_quarantined_and_shown_in_part(intake):
    huge = "x" * (10 * 1024 * 1024)
    bad = load_between(intake, "2026-06-02.csv", HEADER + f"3,{huge},z\n4,d,z\n")
    assert (bad.rows_loaded, bad.rows_quarantined) == (1, 1)
    ((line, reason, text),) = intake.quarantine()
    assert line == 2
    assert reason == (
        f"The row has {len(huge) + 5} bytes; at most {MAX_ROW_BYTES} are allowed."
    )
    assert text == "3," + "x" * 9_998


def test_a_field_just_below_the_limit_is_loaded(intake):
    big = "x" * (MAX_ROW_BYTES - 100)
    bad = load_between(intake, "2026-06-02.csv", HEADER + f"3,{big},z\n")
    assert bad.rows_loaded == 1


def test_a_letter_in_a_number_is_left_for_staging_to_judge(intake):
    intake.declare(columns={**intake.source.columns, "amount": "decimal(18,2)"})
    bad = load_between(intake, "2026-06-02.csv", "id,name,note,amount\n3,c,z,1O.5\n")
    assert bad.rows_loaded == 1
    assert ("1O.5",) in intake.rows("amount")


def test_a_file_that_disappears_is_said_to_have(intake, monkeypatch):
    gone = intake.drop("2026-06-02.csv", GOOD + "9,z,z\n")
    stage = csv_rows.stage

    def stage_and_lose(connection, source, file):
        staged = stage(connection, source, file)
        if file.location == gone:
            gone.unlink()
        return staged

    monkeypatch.setattr(csv_rows, "stage", stage_and_lose)
    before, bad, after = intake.load().files
    assert bad.note == "The file disappeared while it was being read."
    assert before.rows_loaded == after.rows_loaded == 1
    assert len(intake.rows()) == 2
    assert intake.quarantine("line, reason") == [(None, bad.note)]


def test_a_file_that_disappears_before_it_is_read_is_said_to_have(intake, monkeypatch):
    gone = intake.drop("2026-06-02.csv", GOOD + "9,z,z\n")
    find = loader.find_files

    def find_and_lose(*arguments):
        found = find(*arguments)
        gone.unlink()
        return found

    monkeypatch.setattr(loader, "find_files", find_and_lose)
    assert intake.load().files[1].note == (
        "The file disappeared while it was being read."
    )


def test_a_file_that_changes_while_it_is_read_waits(intake, monkeypatch):
    growing = intake.drop("2026-06-02.csv", GOOD + "9,z,z\n")
    stage = csv_rows.stage

    def stage_and_grow(connection, source, file):
        staged = stage(connection, source, file)
        if file.location == growing:
            with growing.open("a") as content:
                content.write("10,z,z\n")
        return staged

    with monkeypatch.context() as patch:
        patch.setattr(csv_rows, "stage", stage_and_grow)
        result = intake.load()
    assert result.waiting == ["crm/people/2026-06-02.csv"]
    assert len(intake.rows()) == 2
    assert intake.load().rows_loaded == 3


def test_a_file_that_may_not_be_read_is_said_to_be(intake, monkeypatch):
    def refuse(file):
        raise PermissionError(13, "Permission denied")

    intake.drop("2026-06-02.csv", GOOD)
    monkeypatch.setattr(landing.LandingFile, "sha256", refuse)
    files = intake.load().files
    assert {f.note for f in files} == {"The file cannot be read (Permission denied)."}


def test_an_error_inside_duckdb_refuses_the_file_and_spares_the_others(
    intake, monkeypatch
):
    stage = csv_rows.stage

    def stage_or_fail(connection, source, file):
        if file.path.endswith("06-02.csv"):
            connection.execute("select cast('x' as integer)").fetchall()
        return stage(connection, source, file)

    monkeypatch.setattr(csv_rows, "stage", stage_or_fail)
    bad = load_between(intake, "2026-06-02.csv", GOOD + "9,z,z\n")
    assert bad.note.startswith("The file cannot be read (Conversion Error")


def test_an_unknown_column_is_added_and_reported(intake):
    load_between(intake, "2026-06-02.csv", "id,name,note,Shoe Size\n3,c,z,44\n")
    assert intake.rows("id, shoe_size") == [("1", None), ("3", "44"), ("2", None)]
    assert intake.sql("select column_name, change, path from ops.schema_changes") == [
        ("shoe_size", "new", "crm/people/2026-06-02.csv")
    ]


def test_a_missing_column_is_null_and_reported(intake):
    load_between(intake, "2026-06-02.csv", "name,id\nc,3\n")
    assert ("3", "c", None) in intake.rows()
    assert intake.sql("select column_name, change, path from ops.schema_changes") == [
        ("note", "missing", "crm/people/2026-06-02.csv")
    ]


def test_folders_hidden_files_and_files_being_written_are_left_alone(intake):
    (intake.folder / "archive.csv").mkdir()
    intake.drop(".2026-06-02.csv", GOOD)
    intake.drop("2026-06-02.csv.tmp", GOOD)
    assert len(intake.load().files) == 2


def test_names_that_mean_something_to_a_shell_are_just_names(intake):
    name = "2026-06-02 [1]*?'\"é.csv"
    bad = load_between(intake, name, HEADER + "3,c,z\n")
    assert bad.rows_loaded == 1
    assert (f"crm/people/{name}",) in intake.rows("_file")
