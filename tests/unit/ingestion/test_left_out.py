"""What a table declares that it does not want is never loaded, and all else is."""

import json

import pytest

from orchestration.ingestion.sources import SourceDeclarationError, source_tables


@pytest.fixture
def wanted(intake):
    """A table of JSON lines that wants no fax, and not all of the context."""
    intake.declare(
        format="jsonl",
        columns={"id": "varchar", "fax": "varchar", "context": "varchar"},
        left_out=("fax", "context.ip", "context.device.ad_id", "context.gone"),
    )
    return intake


def context_of(wanted, said) -> object:
    wanted.load_one("a.jsonl", json.dumps({"id": 1, "fax": "+1", "context": said}))
    ((fax, context),) = wanted.rows("fax, context")
    assert fax is None
    return json.loads(context) if context else context


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            {"ip": "1.2.3.4", "device": {"ad_id": "x", "type": "ios"}, "page": [1]},
            {"device": {"type": "ios"}, "page": [1]},
        ),
        ({"page": {"ip": "stays"}, "n": None}, {"page": {"ip": "stays"}, "n": None}),
        ([{"ip": "in a list, stays"}], [{"ip": "in a list, stays"}]),
        (None, None),
    ],
    ids=["both", "neither", "list", "nothing"],
)
def test_columns_and_paths_are_left_out(wanted, said, left):
    assert context_of(wanted, said) == left


def test_text_that_is_no_json_stays_whole(intake):
    intake.declare(left_out=("note.ip",))
    intake.load_one(
        "a.csv", 'id,name,note\n1,Ann,ip: 7\n2,Bo,"{""ip"": 7, ""a"": 1}"\n'
    )
    assert intake.rows("note") == [("ip: 7",), ('{"a":1}',)]


def test_a_table_that_lacks_the_column_loads(intake):
    intake.declare(left_out=("note",))
    assert intake.load_one("a.csv", "id,name\n1,Ann\n").rows_loaded == 1


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("fax", "must be a list of declared columns"),
        (["unknown.ip"], "must be a list of declared columns"),
        (["id"], "names the key: id"),
    ],
)
def test_a_declaration_that_cannot_be_followed_is_refused(said, what):
    node = {
        "source_name": "crm",
        "name": "people",
        "schema": "raw_crm",
        "columns": {"id": {}, "fax": {}},
        "config": {
            "meta": {
                "leave_out": said,
                "ingest": {
                    "kind": "file",
                    "format": "csv",
                    "mode": "upsert",
                    "key": ["id"],
                },
            }
        },
    }
    with pytest.raises(SourceDeclarationError, match=what):
        source_tables({"sources": {"a": node}})
