"""How a Parquet file becomes rows."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@pytest.fixture
def intake(intake):
    intake.declare(format="parquet")
    return intake


def test_every_value_becomes_text(intake):
    duckdb.sql(
        f"""
        copy (
            select
                1 as id,
                timestamp '2026-05-01 10:02:00' as "seenAt",
                timestamptz '2026-05-01 10:02:00+02' as zoned,
                date '2026-05-01' as day,
                12.50::decimal(18, 2) as amount,
                true as flag,
                null::varchar as name,
                {{'a': [1, 2]}} as nested
        ) to '{intake.folder}/a.parquet'
        """
    )
    intake.load()
    assert intake.rows(
        "id, seen_at, zoned, day, amount, flag, name, nested, _line"
    ) == [
        (
            "1",
            "2026-05-01 10:02:00",
            "2026-05-01 08:02:00+00",
            "2026-05-01",
            "12.50",
            "true",
            None,
            '{"a":[1,2]}',
            1,
        )
    ]


def test_lines_are_row_numbers(intake):
    table = pa.table({"id": [str(i) for i in range(200_000)]})
    pq.write_table(table, intake.folder / "a.parquet", row_group_size=70_000)
    assert intake.load().rows_loaded == 200_000
    assert intake.sql(
        "select count(distinct _line), bool_and(id::int + 1 = _line) "
        "from raw_crm.people"
    ) == [(200_000, True)]


@pytest.mark.parametrize("content", [b"id,name\n1,a\n", b"PAR1 and no more PAR1"])
def test_what_is_not_parquet_is_refused(intake, content):
    file = intake.load_one("a.parquet", content)
    assert file.note.startswith("The file is not readable as Parquet")


def test_a_damaged_page_refuses_the_file_and_not_its_neighbour(intake):
    table = pa.table({"id": [str(i * 7919) for i in range(50_000)]})
    pq.write_table(table, intake.folder / "b.parquet")
    content = bytearray((intake.folder / "b.parquet").read_bytes())
    content[1_000:60_000] = b"\xff" * 59_000
    intake.drop("a.parquet", bytes(content))
    damaged, good = intake.load().files
    assert not damaged.is_loaded
    assert damaged.rows_quarantined == 50_000
    assert good.rows_loaded == 50_000


def test_names_that_meet_in_snake_case_refuse_the_file(intake):
    pq.write_table(
        pa.table({"userId": [1], "user_id": [2]}), intake.folder / "a.parquet"
    )
    (file,) = intake.load().files
    assert file.note == (
        "The file names user_id more than once; none of 1 row was loaded."
    )


def test_text_that_is_not_utf8_refuses_the_file(intake):
    bad = pa.Array.from_buffers(
        pa.string(),
        1,
        [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")],
    )
    pq.write_table(pa.table({"id": bad}), intake.folder / "a.parquet")
    (file,) = intake.load().files
    assert "has damaged data" in file.note
