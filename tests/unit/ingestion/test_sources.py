"""What the source YAML may declare, and what it says when it may not."""

import copy

import pytest

from orchestration.ingestion.sources import SourceDeclarationError, source_tables

NODE = {
    "source_name": "crm",
    "name": "people",
    "schema": "raw_crm",
    "identifier": "people",
    "original_file_path": "models/staging/crm/_crm__sources.yml",
    "description": "One row per person.",
    "columns": {
        "id": {"data_type": "varchar", "description": "Id of the person."},
        "born_on": {"data_type": "date"},
        "note": {},
    },
    "meta": {},
    "source_meta": {},
    "config": {
        "meta": {
            "ingest": {"kind": "file", "format": "csv", "mode": "upsert", "key": ["id"]}
        }
    },
}


def declare(**ingest):
    node = copy.deepcopy(NODE)
    node["config"]["meta"]["ingest"].update(ingest)
    return node


def read(*nodes):
    return source_tables({"sources": {str(i): n for i, n in enumerate(nodes)}})


def test_a_declaration_is_read():
    (source,) = read(declare())
    assert source.name == "crm.people"
    assert source.schema == "raw_crm"
    assert source.landing_folder == "crm/people"
    assert (source.format, source.mode, source.key) == ("csv", "upsert", ("id",))
    assert source.columns == {"id": "varchar", "born_on": "date", "note": "varchar"}
    assert source.column_descriptions["id"] == "Id of the person."
    assert (source.delimiter, source.required) == (",", False)


def test_settings_that_have_defaults_can_be_given():
    (source,) = read(declare(delimiter=";", required=True, key="id"))
    assert (source.delimiter, source.required, source.key) == (";", True, ("id",))


@pytest.mark.parametrize("place", ["meta", "source_meta"])
def test_a_source_may_be_required_as_a_whole(place):
    node = declare()
    node[place] = {"required": True}
    assert read(node)[0].required


def test_sources_that_are_not_ingested_are_left_out():
    node = declare()
    node["config"]["meta"] = {}
    assert read(node) == []


@pytest.mark.parametrize(
    ("ingest", "sentence"),
    [
        ({"kind": "ftp"}, "meta.ingest.kind is 'ftp', it must be 'file'"),
        ({"format": "xml"}, "format is 'xml', it must be one of csv, jsonl, parquet"),
        ({"mode": None}, "mode is None, it must be one of append, upsert, snapshot"),
        ({"key": []}, "mode upsert needs meta.ingest.key"),
        ({"key": ["id", "nr"]}, "its key names undeclared columns: nr"),
        ({"delimiter": "||"}, "delimiter must be one character and no quote"),
        ({"modes": "x"}, "unknown settings: modes"),
    ],
)
def test_a_wrong_setting_is_named(ingest, sentence):
    with pytest.raises(SourceDeclarationError) as error:
        read(declare(**ingest))
    assert sentence in str(error.value)
    assert "crm.people (models/staging/crm/_crm__sources.yml)" in str(error.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"schema": "crm"}, "set `schema: raw_crm` and no identifier"),
        ({"identifier": "persons"}, "set `schema: raw_crm` and no identifier"),
        ({"columns": {}}, "it declares no columns"),
        ({"columns": {"id": {}, "Name": {}}}, "unlike Name"),
        ({"columns": {"id": {}, "_file": {}}}, "unlike _file"),
        ({"config": {"meta": {"ingest": "csv"}}}, "must be a mapping"),
    ],
)
def test_a_table_that_cannot_be_loaded_is_named(change, sentence):
    with pytest.raises(SourceDeclarationError) as error:
        read({**declare(), **change})
    assert sentence in str(error.value)
