"""How JSON lines become rows."""

import json

import pytest


@pytest.fixture
def intake(intake):
    intake.declare(format="jsonl")
    return intake


def test_top_level_keys_are_columns_in_snake_case(intake):
    intake.declare(columns={"message_id": "varchar", "group_id": "varchar"})
    intake.drop("a.jsonl", '{"messageId": "m1", "groupID": "g"}\n{"messageId": "m2"}\n')
    intake.load()
    assert intake.rows("message_id, group_id") == [("m1", "g"), ("m2", None)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"plain"', "plain"),
        ('"a \\"b\\""', 'a "b"'),
        ('"007"', "007"),
        ("7", "7"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("true", "true"),
        ("null", None),
        ('"null"', "null"),
        ('""', ""),
        ('{"b": [1, {"innerKey": null}]}', '{"b":[1,{"innerKey":null}]}'),
        ("[]", "[]"),
    ],
)
def test_scalars_are_text_and_the_rest_is_json(intake, value, text):
    intake.drop("a.jsonl", f'{{"id": "1", "note": {value}}}\n')
    intake.load()
    assert intake.rows("note") == [(text,)]


def test_keys_of_any_spelling_are_read(intake):
    keys = {"id": "1", "$odd/key~x": "a", "naïve.key": "b", "quo\"te's": "c", "0": "d"}
    intake.drop("a.jsonl", json.dumps(keys) + "\n")
    intake.load()
    assert intake.rows('odd_key_x, "naïve_key", quo_te_s, "0"') == [
        ("a", "b", "c", "d")
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[1, 2]", "is a JSON array where an object is expected"),
        ("42", "is a JSON number where an object is expected"),
        ("null", "is a JSON null where an object is expected"),
        ('{"id": 1', "is not valid JSON"),
        ("{'id': 1}", "is not valid JSON"),
        ('{"id": 1} {"id": 2}', "is not valid JSON"),
        ('{"id": "1", "id": "2"}', "has a key more than once"),
        ('{"noteX": 1, "note_x": 2}', "has a key more than once"),
        ('{"id": "\0"}', "contains NUL bytes"),
    ],
)
def test_a_line_that_is_no_object_is_quarantined_alone(intake, line, problem):
    intake.drop("a.jsonl", line + '\n\n{"id": "2"}\n')
    intake.load()
    assert intake.rows("id, _line") == [("2", 3)]
    assert intake.quarantine("line, reason") == [(1, f"The row {problem}.")]


def test_a_last_line_that_is_cut_off_is_called_so(intake):
    intake.drop("a.jsonl", '{"id": "1"}\n{"id": "2", "na')
    intake.load()
    assert intake.rows("id") == [("1",)]
    assert intake.quarantine() == [
        (2, "The row is not valid JSON: the file ends inside it.", '{"id": "2", "na')
    ]


def test_two_spellings_of_a_key_in_different_rows_fill_one_column(intake):
    intake.drop("a.jsonl", '{"id": "1", "userId": "a"}\n{"id": "2", "user_id": "b"}\n')
    intake.load()
    assert intake.rows("user_id") == [("a",), ("b",)]


def test_an_object_where_a_scalar_was_declared_is_kept_as_json(intake):
    intake.drop("a.jsonl", '{"id": "1", "name": {"first": "Ann"}}\n')
    intake.load()
    assert intake.rows("name") == [('{"first":"Ann"}',)]


def test_nesting_may_be_deep(intake):
    deep = "[" * 50_000 + "]" * 50_000
    intake.drop("a.jsonl", f'{{"id": "1", "note": {deep}}}\n{{"id": "2"}}\n')
    intake.load()
    assert intake.rows("id, coalesce(length(note), 0)") == [("1", 100_000), ("2", 0)]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(intake):
    intake.drop("a.jsonl", b'\xef\xbb\xbf{"id": "1"}\r\n \r\n{"id": "2"}\r\n')
    assert intake.load().rows_read == 2
    assert intake.rows("id") == [("1",), ("2",)]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_one_array_over_many_lines_refuses_the_file(intake, mark):
    file = intake.load_one("a.json", mark + '[\n  {"id": "1"},\n  {"id": "2"}\n]\n')
    assert file.note == (
        "The file is one JSON array; it must have an object on each line."
    )


def test_objects_keyed_by_data_refuse_the_file(intake):
    line = json.dumps({f"customer {i}": i for i in range(300)})
    file = intake.load_one("a.jsonl", line + "\n")
    assert "300 columns that are not declared" in file.note
    assert (file.rows_read, file.rows_quarantined) == (1, 1)
