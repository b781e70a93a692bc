"""How a CSV file becomes rows."""

import gzip

import duckdb
import pytest

from orchestration.ingestion.staged import MAX_ROW_BYTES

HEADER = "id,name,note\n"


def test_values_stay_verbatim_and_empty_ones_are_null(intake):
    intake.drop("a.csv", HEADER + '007, Ann ,\n8,"Bo","a, ""b"""\n9,"",x\n')
    intake.load()
    assert intake.rows() == [
        ("007", " Ann ", None),
        ("8", "Bo", 'a, "b"'),
        ("9", "", "x"),
    ]


def test_every_row_knows_its_line_file_batch_and_hour(intake):
    intake.drop("a.csv", HEADER + "1,a,x\n\n2,b,y\n")
    result = intake.load()
    assert intake.rows("_line, _file, _batch_id, _loaded_at::varchar") == [
        (2, "crm/people/a.csv", result.batch_id, "2026-07-01 06:00:00"),
        (4, "crm/people/a.csv", result.batch_id, "2026-07-01 06:00:00"),
    ]


def test_a_quoted_field_may_span_lines(intake):
    intake.drop("a.csv", HEADER + '1,a,"one\r\n\ntwo, ""three"""\n2,"b\n",y\n3,c,z\n')
    assert intake.load().rows_read == 3
    assert intake.rows("id, name, note, _line") == [
        ("1", "a", 'one\r\n\ntwo, "three"', 2),
        ("2", "b\n", "y", 5),
        ("3", "c", "z", 7),
    ]


def test_rows_that_span_lines_may_follow_each_other(intake):
    rows = "".join(f'{i},a,"first\nsecond {i}"\n' for i in range(1, 6))
    intake.drop("a.csv", HEADER + rows)
    assert intake.load().rows_loaded == 5
    assert intake.rows("id, _line") == [(str(i), 2 * i) for i in range(1, 6)]


def test_a_quote_that_is_never_closed_costs_one_row(intake):
    rows = [f"{i},name {i},note {i}" for i in range(100_000)]
    rows[50_000] = '50000,"name 50000,note 50000'
    file = intake.drop("a.csv", HEADER + "\n".join(rows) + "\n")

    duckdb_alone = duckdb.sql(
        f"""
        select count(*)
        from read_csv(
            '{file}', header=true, all_varchar=true, auto_detect=false, delim=',',
            quote='"', store_rejects=true, rejects_limit=0,
            columns={{'id': 'varchar', 'name': 'varchar', 'note': 'varchar'}}
        )
        """
    ).fetchall()[0][0]
    assert duckdb_alone < 60_000, "the loss that this loader exists to prevent"

    result = intake.load()
    assert (result.rows_loaded, result.rows_quarantined) == (99_999, 1)
    assert intake.quarantine() == [
        (50_002, "The row has a quote that is not closed.", rows[50_000])
    ]


def test_two_broken_quotes_do_not_swallow_the_rows_between_them(intake):
    rows = [f"{i},name,note" for i in range(100)]
    rows[10] = '10,"name,note'
    rows[60] = '60,name",note'
    intake.drop("a.csv", HEADER + "\n".join(rows) + "\n")
    result = intake.load()
    assert (result.rows_loaded, result.rows_quarantined) == (98, 2)
    assert [line for (line,) in intake.quarantine("line")] == [12, 62]


def test_a_broken_quote_does_not_break_the_row_after_it_that_spans_lines(intake):
    intake.drop("a.csv", HEADER + '1,"a,x\n2,b,"one\ntwo"\n3,c,z\n')
    assert intake.load().rows_quarantined == 1
    assert intake.rows() == [("2", "b", "one\ntwo"), ("3", "c", "z")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("1,a", "has 2 fields where the header has 3"),
        ("1,a,b,c", "has 4 fields where the header has 3"),
        ('1,"a"b,c', "has a quote that neither encloses a field nor is doubled"),
        ('1,5" by 6",c', "has a quote that neither encloses a field nor is doubled"),
        ('1,"a"b""",c', "has a quote that is not closed"),
        ("1,a\0,c", "contains NUL bytes"),
    ],
)
def test_a_malformed_row_is_quarantined_alone(intake, row, problem):
    intake.drop("a.csv", HEADER + row + "\n2,b,y\n")
    intake.load()
    assert intake.rows() == [("2", "b", "y")]
    text = row.replace("\0", "\\x00")
    assert intake.quarantine() == [(2, f"The row {problem}.", text)]


def test_lines_that_are_not_utf8_are_quarantined_and_shown_with_escapes(intake):
    content = b'id,name,note\n1,M\xfcller,"x"\n2,M\xc3\xbcller,y\n'
    intake.drop("a.csv", content)
    intake.load()
    assert intake.rows() == [("2", "Müller", "y")]
    assert intake.quarantine() == [
        (2, "The row is not valid UTF-8.", '1,M\\xFCller,"x"')
    ]


def test_text_of_any_script_survives(intake):
    intake.drop("a.csv", HEADER + '1,김민수,"🙂 \ue000, ٣"\n2,Ёлка,日本\n')
    intake.load()
    assert intake.rows() == [("1", "김민수", "🙂 \ue000, ٣"), ("2", "Ёлка", "日本")]


def test_headers_become_snake_case_whatever_their_blanks_and_byte_order_mark(intake):
    intake.drop("a.csv", b'\xef\xbb\xbf Id ,"NAME",Note\r\n1,a,x\r\n')
    intake.load()
    assert intake.rows() == [("1", "a", "x")]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_last_line_needs_no_end(intake, ends):
    intake.drop("a.csv", ends.join(["id,name,note", "1,a,x", "2,b,y"]))
    intake.load()
    assert intake.rows() == [("1", "a", "x"), ("2", "b", "y")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", "^"])
def test_other_delimiters_are_declared(intake, delimiter):
    intake.declare(delimiter=delimiter)
    row = ["1", "a, b", f'"x{delimiter}y"']
    header = ["id", "name", "note"]
    intake.drop("a.csv", delimiter.join(header) + "\n" + delimiter.join(row) + "\n")
    intake.load()
    assert intake.rows() == [("1", "a, b", f"x{delimiter}y")]


def test_a_wrong_delimiter_refuses_the_file_with_the_one_that_was_expected(intake):
    file = intake.load_one("a.csv", "id;name;note\n1;a;x\n")
    assert file.note == (
        "The file has a header without id: is it a file of crm.people, with ',' "
        "between fields?; none of 1 row was loaded."
    )


@pytest.mark.parametrize("header", ["id,name,Name", "id,id,note", "id,name,note,note_"])
def test_a_header_that_names_a_column_twice_refuses_the_file(intake, header):
    file = intake.load_one("a.csv", header + "\n1,a,x\n2,b,y\n")
    assert "more than once" in file.note
    assert (file.rows_read, file.rows_loaded, file.rows_quarantined) == (2, 0, 2)
    assert intake.rows() == []
    assert intake.quarantine() == [(None, file.note, None)]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (b'id,"name,note', "not a line of CSV (unexpected end of data)"),
        (b"id,name,note\r1,a,x\r", "not a line of CSV (new-line character seen"),
        (b"id,n\xff,note", "not valid UTF-8"),
        (b"1,Ann,x", "without id"),
        (b'{"id": 1}', "without id"),
    ],
)
def test_a_header_that_is_none_refuses_the_file(intake, header, problem):
    file = intake.load_one("a.csv", header + b"\n1,a,x\n")
    assert problem in file.note
    assert not file.is_loaded


def test_a_header_below_a_blank_line_longer_than_a_row_may_be_costs_no_row(intake):
    intake.drop("a.csv", " " * (MAX_ROW_BYTES + 1) + "\nid,name,note\n1,a,x\n2,b,y\n")
    intake.load()
    assert intake.rows("id, _line") == [("1", 3), ("2", 4)]


def test_a_column_without_a_name_gets_one(intake):
    intake.drop("a.csv", "id,name,note,\n1,a,x,?\n")
    assert intake.load().schema_changes == [("column_4", "new")]
    assert intake.rows("column_4") == [("?",)]


def test_compressed_files_are_read_too(intake):
    intake.drop("a.csv.gz", gzip.compress((HEADER + "1,a,x\n").encode()))
    intake.load()
    assert intake.rows() == [("1", "a", "x")]
