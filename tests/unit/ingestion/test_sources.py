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


def test_tables_that_no_files_are_loaded_to_are_left_out():
    node = declare()
    node["config"]["meta"] = {}
    assert read(node | {"schema": "scores"}) == []


@pytest.mark.parametrize(
    ("ingest", "sentence"),
    [
        (
            {"kind": "ftp"},
            "meta.ingest.kind is 'ftp', it must be one of file, postgres, rest",
        ),
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
        ({"config": {"met": {"ingest": {}}}}, "config.meta.ingest must be a mapping"),
        (
            {"columns": {"id": {"name": "id", "data_typ": "date"}}},
            "its column id has unknown properties: data_typ",
        ),
    ],
)
def test_a_table_that_cannot_be_loaded_is_named(change, sentence):
    with pytest.raises(SourceDeclarationError) as error:
        read({**declare(), **change})
    assert sentence in str(error.value)


POSTGRES = {"kind": "postgres", "dsn_env": "C360_CRM_DSN", "path": "crm.people"}


def test_a_table_of_a_database_is_read():
    (source,) = read(
        declare(**POSTGRES, cursor="born_on", overlap=3, deletes_every_hours=0)
    )
    assert source.origin.query == 'select * from "crm"."people"'
    assert (source.origin.cursor, source.origin.overlap) == ("born_on", "3")
    assert source.marks_deletes
    assert source.formats == ("csv", "parquet")
    assert source.origin.takes_files


def test_without_a_format_a_database_is_the_only_way():
    node = declare(**POSTGRES)
    del node["config"]["meta"]["ingest"]["format"]
    (source,) = read(node)
    assert source.formats == ("parquet",)
    assert not source.origin.takes_files


@pytest.mark.parametrize(
    ("ingest", "sentence"),
    [
        ({"path": None}, "needs meta.ingest.path or query, one of them"),
        ({"query": "select 1"}, "needs meta.ingest.path or query, one of them"),
        (
            {"dsn_env": "postgresql://me:pw@host/db"},
            "must name an environment variable",
        ),
        ({"mode": "append", "key": []}, "needs meta.ingest.key"),
        ({"mode": "snapshot", "cursor": "born_on"}, "has no meta.ingest.cursor"),
        ({"cursor": ["born_on"]}, "cursor must be one column"),
        ({"deletes_every_hours": "daily"}, "must be a number of hours"),
        ({"mode": "append", "deletes_every_hours": 1}, "is for mode upsert"),
        ({"url_env": "C360_CRM_URL"}, "of kind postgres has unknown settings: url_env"),
    ],
)
def test_a_wrong_setting_of_a_database_is_named(ingest, sentence):
    with pytest.raises(SourceDeclarationError) as error:
        read(declare(**{**POSTGRES, **ingest}))
    assert sentence in str(error.value)


REST = {
    "kind": "rest",
    "format": "jsonl",
    "url_env": "C360_CRM_URL",
    "endpoint": "/people",
}


def test_a_collection_of_an_interface_is_read():
    auth = {"type": "basic", "user_env": "C360_USER", "password_env": "C360_TOKEN"}
    paging = {"type": "page", "size": 50, "size_parameter": "per_page"}
    (source,) = read(
        declare(
            **REST,
            auth=auth,
            paging=paging,
            parameters={"all": 1},
            cursor="born_on",
            cursor_parameter="since",
        )
    )
    origin = source.origin
    assert origin.auth.variables == ("C360_USER", "C360_TOKEN")
    assert (origin.paging.parameter, origin.paging.size) == ("page", 50)
    assert origin.parameters == {"all": "1"}
    assert (origin.overlap_seconds, origin.takes_files) == (3600, True)
    assert not source.marks_deletes


@pytest.mark.parametrize(
    ("ingest", "sentence"),
    [
        ({"endpoint": "people"}, "needs meta.ingest.endpoint, a path such as /users"),
        ({"url_env": "https://x.example"}, "must name an environment variable"),
        ({"mode": "append", "key": []}, "needs meta.ingest.key"),
        ({"cursor": "born_on"}, "cursor and cursor_parameter go together"),
        ({"cursor_format": "us"}, "cursor_format must be iso, unix or number"),
        ({"overlap_seconds": "1 h"}, "overlap_seconds must be a number of seconds"),
        ({"parameters": "a=1"}, "parameters must be a mapping"),
        ({"auth": "token"}, "auth.type must be one of bearer, basic, header"),
        ({"auth": {"type": "bearer"}}, "token_env must name an environment variable"),
        (
            {"auth": {"type": "bearer", "token": "x"}},
            "auth has unknown settings: token",
        ),
        ({"paging": {"type": "pages"}}, "paging.type must be one of none, cursor"),
        ({"paging": {"type": "cursor"}}, "of type cursor needs next, parameter"),
        ({"paging": {"type": "link", "size": 1}}, "of type link has unknown settings"),
        ({"paging": {"type": "page", "size": 0}}, "size must be a number of rows"),
        ({"dsn_env": "C360_X"}, "of kind rest has unknown settings: dsn_env"),
    ],
)
def test_a_wrong_setting_of_an_interface_is_named(ingest, sentence):
    with pytest.raises(SourceDeclarationError) as error:
        read(declare(**{**REST, **ingest}))
    assert sentence in str(error.value)
