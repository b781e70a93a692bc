"""What should never have come as JSON lines or Parquet; the good files beside it load.

The same as test_bad_input.py has it of CSV, whose sentences are its own.
"""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion import readers
from orchestration.ingestion.staged import MAX_ROW_BYTES
from tests.unit.ingestion.test_replay import held, put_back

BAD = "2026-06-02"


def write(intake, day: str, *rows: dict) -> None:
    """Drop a file of rows in the format of the table."""
    path = intake.folder / f"{day}.{intake.source.format}"
    if intake.source.format == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: [row.get(name) for row in rows] for name in names}
        pq.write_table(pa.table(columns), path)


def load_between(intake):
    """Load the bad file, which lies between two good ones; return what it became."""
    write(intake, "2026-06-01", {"id": "1", "name": "a", "note": "x"})
    write(intake, "2026-06-30", {"id": "2", "name": "b", "note": "y"})
    before, bad, after = intake.load().files
    assert before.rows_loaded == after.rows_loaded == 1
    return bad


@pytest.fixture(params=["jsonl", "parquet"])
def either(intake, request):
    """A table of one of the two formats."""
    intake.declare(format=request.param)
    return intake


@pytest.fixture
def jsonl(intake):
    intake.declare(format="jsonl")
    return intake


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (f"{BAD}.jsonl", b"", "The file is empty."),
        (f"{BAD}.jsonl", b" \n\r\n", "The file is empty."),
        (f"{BAD}.jsonl", b"\x89PNG\r\n\x1a\n", "The file is a PNG image."),
        (f"{BAD}.jsonl", b"PAR1\x15\x04PAR1", "The file is a Parquet file."),
        (
            f"{BAD}.jsonl",
            gzip.compress(b'{"id": 1}\n', mtime=0),
            "The file is gzip data (a compressed file must be named .gz).",
        ),
        (
            f"{BAD}.jsonl",
            '{"id": 1}\n'.encode("utf-16"),
            "The file is text in UTF-16, not UTF-8.",
        ),
        (
            f"{BAD}.jsonl.gz",
            gzip.compress(b'{"id": 1}\n' * 1000, mtime=0)[:-12],
            "The file has gzip data that is cut off; send it again.",
        ),
        (
            f"{BAD}.csv",
            b"id,name\n1,a\n",
            "The file does not end in .jsonl or .jsonl.gz or .ndjson or .ndjson.gz "
            "or .json or .json.gz, as the files of crm.people must.",
        ),
    ],
)
def test_json_lines_that_are_something_else_are_refused(jsonl, name, content, sentence):
    jsonl.drop(name, content)
    bad = load_between(jsonl)
    assert (bad.note, bad.rows_read, bad.is_loaded) == (sentence, 0, False)
    assert jsonl.quarantine("file, line, reason") == [
        (f"crm/people/{name}", None, sentence)
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (
            b"\x89PNG\r\n\x1a\n" * 9,
            "The file is not readable as Parquet (Parquet magic",
        ),
        (b"PAR1" * 9, "The file is not readable as Parquet ("),
    ],
)
def test_parquet_that_is_something_else_is_refused(intake, content, sentence):
    intake.declare(format="parquet")
    intake.drop(f"{BAD}.parquet", content)
    bad = load_between(intake)
    assert bad.note.startswith(sentence)
    assert (bad.rows_read, bad.is_loaded) == (0, False)


def test_another_format_by_the_right_name_is_quarantined_line_by_line(jsonl):
    jsonl.drop(f"{BAD}.jsonl", "id,name\n3,c\n")
    bad = load_between(jsonl)
    assert (bad.rows_read, bad.rows_quarantined) == (2, 2)
    assert {reason for (reason,) in jsonl.quarantine("reason")} == {
        "The row is not valid JSON."
    }


def test_a_line_of_json_that_is_not_utf8_is_quarantined_alone(jsonl):
    jsonl.drop(f"{BAD}.jsonl", b'{"id": "3", "name": "M\xfcller"}\n{"id": "4"}\n')
    assert load_between(jsonl).rows_loaded == 1
    assert jsonl.quarantine() == [
        (1, "The row is not valid UTF-8.", '{"id": "3", "name": "M\\xFCller"}')
    ]


def test_a_parquet_file_without_rows_is_loaded_and_said_to_have_none(intake):
    intake.declare(format="parquet")
    write(intake, BAD)
    bad = load_between(intake)
    assert (bad.note, bad.is_loaded) == ("The file has no rows.", True)
    assert intake.quarantine() == []


def test_a_row_that_is_too_long_is_quarantined_and_shown_in_part(either):
    write(either, BAD, {"id": "3", "name": "x" * (10 << 20)}, {"id": "4", "name": "d"})
    bad = load_between(either)
    assert (bad.rows_loaded, bad.rows_quarantined) == (1, 1)
    ((line, reason, text),) = either.quarantine()
    assert line == 1
    assert f" bytes; at most {MAX_ROW_BYTES} are allowed." in reason
    assert text.replace(" ", "").startswith('{"id":"3","name":"xxx')
    assert len(text) == 10_000


@pytest.mark.parametrize("value", ["a\0b", {"inner": ["a\0b"]}, "\\\0"])
def test_a_nul_character_is_quarantined_however_it_is_spelt(either, value):
    write(either, BAD, {"id": "3", "note": value})
    assert load_between(either).rows_quarantined == 1
    ((line, reason, text),) = either.quarantine()
    assert (line, reason) == (1, "The row contains a NUL character (\\u0000).")
    assert json.loads(text)["id"] == "3"

    (row,) = held(either)
    still = put_back(either, [{**row, "text": text.replace('"3"', '"33"')}])
    assert (still.replayed, len(still.refused)) == (0, 1)
    mended = put_back(either, [{**row, "text": text.replace("\\u0000", "")}])
    assert (mended.replayed, mended.refused, held(either)) == (1, [], [])


def test_what_only_looks_like_a_nul_character_is_loaded(either):
    write(either, BAD, {"id": "3", "note": "\\u0000"})
    assert load_between(either).rows_loaded == 1
    assert ("3", "\\u0000") in either.rows("id, note")


def test_an_unknown_column_is_added_and_a_missing_one_is_null_and_both_are_told(either):
    write(either, BAD, {"id": "3", "name": "c", "Shoe Size": "44"})
    load_between(either)
    assert either.rows("id, note, shoe_size") == [
        ("1", "x", None),
        ("3", None, "44"),
        ("2", "y", None),
    ]
    assert either.sql(
        "select column_name, change, path from ops.schema_changes order by all"
    ) == [
        (column, change, f"crm/people/{BAD}.{either.source.format}")
        for column, change in (("note", "missing"), ("shoe_size", "new"))
    ]


def test_a_file_that_disappears_is_said_to_have(either, monkeypatch):
    write(either, BAD, {"id": "3"})
    stage = readers.stage

    def lose_and_stage(connection, source, file):
        if BAD in file.path:
            file.location.unlink()
        return stage(connection, source, file)

    monkeypatch.setattr(readers, "stage", lose_and_stage)
    bad = load_between(either)
    assert bad.note == "The file disappeared while it was being read."
    assert either.quarantine("line, reason") == [(None, bad.note)]
