"""A file that is refused whole counts alike in the ledger, quarantine and commands."""

import gzip
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from orchestration.commands.status import print_quarantine
from orchestration.commands.summary import print_ingestion
from orchestration.ingestion.held_rows import count_held, print_counts
from orchestration.warehouse import connect, ops_ddl
from tests.unit.ingestion.conftest import NOW
from tests.unit.ingestion.test_row_equation import JSON_LINES, SETTINGS, load_afresh

KEYED_BY_DATA = json.dumps({f"customer {i}": i for i in range(201)}).encode()
FILES = st.lists(
    JSON_LINES | st.sampled_from([b"", b" \r", b"[", b"\xff", KEYED_BY_DATA]),
    max_size=8,
).map(b"\n".join)


@pytest.fixture
def intake(intake):
    intake.declare(format="jsonl")
    return intake


def printed(show, intake) -> str:
    """Return what a command prints of the warehouse."""
    text = io.StringIO()
    show(Console(file=text, width=200), intake.connection)
    return text.getvalue()


@SETTINGS
@given(content=FILES, cut=st.integers(0, 30))
@example(content=b'{"id": "1"}\n' + KEYED_BY_DATA, cut=0)
@example(content=b'{"id": "1"}\n{"id": "2"}', cut=12)
@example(content=b"[\n{}\n]", cut=0)
def test_whatever_is_wrong_with_a_file_its_rows_are_counted_once(intake, content, cut):
    packed = gzip.compress(content, mtime=0)
    file = load_afresh(intake, packed[: len(packed) - cut], "jsonl.gz")

    lines = sum(bool(line.strip(b" \t\r")) for line in content.split(b"\n"))
    is_counted = file.is_loaded or "was loaded" in file.note
    counts = (file.rows_read, file.rows_loaded, file.rows_quarantined)
    assert file.rows_read == (lines if is_counted else 0)
    assert file.rows_read == file.rows_loaded + file.rows_quarantined
    assert [counts] == intake.sql(
        "select rows_read, rows_loaded, rows_quarantined from ops.ingested_files"
    )
    assert [(file.rows_quarantined if file.is_loaded else 0, not file.is_loaded)] == (
        intake.sql(
            "select count(line), count(*) > count(line) from quarantine.open_rows"
        )
    )
    of_crm = printed(print_ingestion, intake).splitlines()[2].split()
    assert of_crm == ["crm", "1", *map(str, counts), "0"]


def test_status_tells_rows_from_files_that_were_refused_whole(intake):
    intake.drop("a.jsonl", b'{"id": "1"}\n' * 20 + KEYED_BY_DATA)
    intake.load()
    assert "crm.people: 1 file was refused whole" in printed(print_quarantine, intake)

    intake.drop("b.jsonl", b"no JSON\n" * 2)
    intake.load(NOW + timedelta(hours=1))
    assert (
        "crm.people: 2 rows of 1 file in quarantine; 1 file was refused whole"
        in printed(print_quarantine, intake)
    )


def test_a_file_that_is_refused_again_waits_for_its_newest_fault_alone(intake):
    for hour, content in enumerate([b"", b"[\n{}\n]"]):
        intake.drop("a.jsonl", content)
        intake.load(NOW + timedelta(hours=hour))
    assert intake.sql("select reason from quarantine.open_rows") == [
        ("The file is one JSON array; it must have an object on each line.",)
    ]

    intake.drop("a.jsonl", b'{"id": "1"}')
    intake.load(NOW + timedelta(hours=2))
    assert printed(print_quarantine, intake) == "✓ Quarantine is empty.\n"


def test_the_list_of_what_waits_counts_rows_and_says_of_files_that_they_were_refused(
    data, intake
):
    with connect(data.warehouse) as connection:
        stored = replace(intake, connection=connection)
        connection.execute(ops_ddl())
        stored.drop("a.jsonl", b"no JSON\n" * 3)
        stored.drop("b.jsonl", b"")
        stored.load()

    counts = count_held(data)
    assert [(count.rows, count.files, count.reason) for count in counts] == [
        (3, 1, "The row is not valid JSON."),
        (0, 1, "The file is empty."),
    ]
    text = io.StringIO()
    print_counts(Console(file=text, width=200), counts)
    _, rows, files, _ = text.getvalue().splitlines()
    assert rows.split()[:4] == ["crm.people", "load", "3", "1"]
    assert files.split()[:4] == ["crm.people", "load", "refused", "1"]
