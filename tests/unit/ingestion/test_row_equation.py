"""Rows read = loaded + quarantined, whatever the bytes; and no good row is lost."""

import csv
import io
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SETTINGS = settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

PIECES = [
    *(b'"', b'""', b'"\n"', b",", b"\n", b"\r\n", b"\r", b" ", b"\0", b"\xff", b"\xc3"),
    *(b"a", b"1,a,x\n", b'2,"b",y\n', b'3,"c\nd",z\n', "é,한,🙂\n".encode()),
]
DIRTY_BYTES = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)

CLEAN_ROWS = st.lists(
    st.tuples(
        *[st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)]
        * 3
    ),
    max_size=12,
)

JSON_LINES = st.one_of(
    st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4).map(
        lambda line: json.dumps(line).encode()
    ),
)

HEADER = b"id,name,note\n"


def load_afresh(intake, content: bytes, extension: str = "csv"):
    """Load some bytes into empty tables; return what became of the file."""
    for table in ("ops.ingested_files", "ops.batches", "quarantine.rows"):
        intake.connection.execute(f"delete from {table}")
    intake.connection.execute("drop table if exists raw_crm.people")
    return intake.load_one(f"any.{extension}", content)


@SETTINGS
@given(body=DIRTY_BYTES)
def test_the_equation_holds_for_any_bytes_in_a_csv(intake, body):
    file = load_afresh(intake, HEADER + body)
    assert file.is_loaded
    assert (file.rows_read == 0) == (not body.strip(b"\r\n"))
    assert file.rows_read <= body.count(b"\n") + 1


@SETTINGS
@given(body=DIRTY_BYTES)
def test_what_is_broken_loses_no_clean_row_after_it(intake, body):
    clean = [f"clean{i},name,note" for i in range(50)]
    load_afresh(intake, HEADER + body + b"\n" + "\n".join(clean).encode())
    kept = intake.sql(
        "select concat_ws(',', id, name, note) from raw_crm.people "
        "where id like 'clean%' order by _line"
    )
    assert kept == [(row,) for row in clean]


@SETTINGS
@given(rows=CLEAN_ROWS)
def test_what_a_csv_writer_writes_is_what_is_loaded(intake, rows):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "name", "note"])
    writer.writerows(rows)
    file = load_afresh(intake, text.getvalue().encode())
    assert intake.rows() == rows
    assert file.rows_quarantined == 0


@SETTINGS
@given(lines=st.lists(JSON_LINES, max_size=20))
def test_the_equation_holds_for_any_lines_in_a_jsonl(intake, lines):
    intake.declare(format="jsonl")
    file = load_afresh(intake, b"\n".join([b'{"id": "1"}', *lines]), "jsonl")
    assert file.is_loaded
    assert file.rows_loaded >= 1
