"""A file loses the rows of a person and keeps every other byte and line number."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion.landing import LandingFile, look_at
from orchestration.ingestion.sources import SourceTable
from orchestration.privacy.erasure.changes import Change, put_in_place
from orchestration.privacy.erasure.files import redact_file
from orchestration.privacy.erasure.rows import Redactor, policy_of
from orchestration.privacy.erasure.words import Words

WORDS = Words({"ann@example.org": "email"}, {"shop": frozenset({"4711"})})
COLUMNS = {"id": "varchar", "email": "varchar", "note": "varchar"}


def shop(format_: str, *, is_kept: bool = False) -> SourceTable:
    return SourceTable(
        system="shop",
        table="people",
        format=format_,
        mode="append",
        key=("id",),
        columns=COLUMNS,
        personal_columns={"id": "identifier", "email": "email", "note": "free_text"},
        is_kept_on_erasure=is_kept,
    )


def redact(path: Path, source: SourceTable) -> Change | None:
    file: LandingFile = look_at(path, f"shop/people/{path.name}")
    redactor = Redactor(policy_of(source), WORDS, {"4711": "erased-1"})
    with duckdb.connect() as connection:
        return redact_file(connection, source, file, redactor)


CSV = (
    "id,email,note\r\n"
    "1,ben@example.org,hello\r\n"
    '2,ann@example.org,"two\r\nlines"\r\n'
    "3,cy@example.org,ask ANN@example.org\r\n"
    "4711,,\r\n"
    "4,dee@example.org,last"
)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_csv_keeps_its_line_numbers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.csv{suffix}"
    opened = gzip.open if suffix else open
    with opened(path, "wb") as file:
        file.write(CSV.encode())

    change = redact(path, shop("csv"))

    assert change
    assert (change.removed, change.mended, change.quarantined) == (2, 1, 0)
    with opened(path, "rb") as file:
        assert file.read().decode() == (
            "id,email,note\r\n"
            "1,ben@example.org,hello\r\n"
            "\r\n\r\n"
            "3,cy@example.org,ask [erased]\r\n"
            "\r\n"
            "4,dee@example.org,last"
        )


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 9, "email": "ann@example.org"',
        '{"id": 8, "id": 9, "email": "ann@example.org"}',
        '{"id": 9, "email": "ann@example.org", "note": "\\u0000"}',
        '["ann@example.org"]',
    ],
)
def test_json_lines_that_cannot_be_read_go_too(tmp_path: Path, line: str) -> None:
    """They are counted as the loader counts them: it had them in quarantine."""
    path = tmp_path / "a.jsonl"
    whole = [json.dumps({"id": str(n), "email": f"p{n}@x.org"}) for n in range(3)]
    path.write_text("\n".join([*whole, line, ""]))

    change = redact(path, shop("jsonl", is_kept=True))

    assert change
    assert (change.removed, change.quarantined) == (1, 1)
    assert path.read_text() == "\n".join([*whole, "", ""])


def test_a_kept_row_bears_a_surrogate(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id":"4711","email":"ann@example.org","total":"5"}\n')

    change = redact(path, shop("jsonl", is_kept=True))

    assert change
    assert change.kept == 1
    assert path.read_text() == '{"id":"erased-1","email":null,"total":"5"}\n'


def test_parquet_loses_rows_and_keeps_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    schema = pa.schema([("id", pa.int64()), ("email", pa.string())])
    rows = [{"id": 1, "email": "ben@x.org"}, {"id": 4711, "email": None}]
    pq.write_table(pa.Table.from_pylist(rows * 3, schema), path, row_group_size=2)

    change = redact(path, shop("parquet"))

    assert change
    assert change.removed == 3
    assert pq.read_table(path) == pa.Table.from_pylist(rows[:1] * 3, schema)


def test_a_row_of_parquet_that_was_not_loaded_goes_too(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"id": "1", "note": "a"}, {"id": "4711", "note": "\0"}]
    pq.write_table(pa.Table.from_pylist(rows), path)

    change = redact(path, shop("parquet", is_kept=True))

    assert change
    assert (change.removed, change.quarantined, change.kept) == (1, 1, 0)
    assert pq.read_table(path).to_pylist() == rows[:1]


def test_a_file_without_the_person_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,email,note\n1,ben@example.org,joann@example.org\n")
    before = path.stat().st_ino

    assert redact(path, shop("csv")) is None
    assert path.stat().st_ino == before


def test_killed_before_the_last_step_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    source = shop("csv")

    def killed(change: Change) -> None:
        raise KeyboardInterrupt(change.path)

    def place(path: Path, change: Change, write: Callable[[BinaryIO], None]) -> Change:
        return put_in_place(path, change, write, killed)

    with duckdb.connect() as connection, pytest.raises(KeyboardInterrupt):
        redact_file(
            connection,
            source,
            look_at(path, "shop/people/a.csv"),
            Redactor(policy_of(source), WORDS, {}),
            place,
        )

    assert path.read_text() == CSV.replace("\r\n", "\n")
    assert redact(path, source)
