"""The assets that the factory makes of the manifest."""

import logging

import dagster as dg
import pytest
from dagster_dbt import DagsterDbtTranslator

from orchestration.ingestion.assets import raw_assets
from tests.unit.ingestion.test_sources import NODE, POSTGRES, declare

MANIFEST = {"sources": {"source.c.crm.people": NODE}}


@pytest.fixture
def asset() -> dg.AssetsDefinition:
    (asset,) = raw_assets(MANIFEST)
    return asset


def materialize(asset):
    result = dg.materialize([asset])
    (event,) = result.asset_materializations_for_node(asset.op.name)
    return event


def test_every_source_of_the_project_has_an_asset_under_the_key_dbt_gives_it(manifest):
    translator = DagsterDbtTranslator()
    expected = {
        translator.get_asset_key(node)
        for node in manifest["sources"].values()
        if "ingest" in node["meta"]
    }
    assert expected
    assert {asset.key for asset in raw_assets(manifest)} == expected


def test_an_asset_shows_what_it_is(asset):
    spec = asset.get_asset_spec()
    assert spec.key == dg.AssetKey(["crm", "people"])
    assert spec.group_name == "raw"
    assert spec.kinds == {"csv", "duckdb"}
    assert spec.description == "One row per person."
    assert asset.op.pool == "duckdb_writer"
    columns = spec.metadata["dagster/column_schema"].columns
    assert [column.name for column in columns] == [
        "id",
        "born_on",
        "note",
        "_file",
        "_line",
        "_loaded_at",
        "_batch_id",
    ]
    assert columns[0].description == "Id of the person."


def test_a_run_tells_what_it_did(asset, data):
    folder = data.landing / "crm" / "people"
    folder.mkdir(parents=True)
    (folder / "1.csv").write_text("id,born_on,shoe\n1,2000-01-01,44\n2,x\n")
    metadata = materialize(asset).metadata
    shown = {name: value.value for name, value in metadata.items()}
    assert shown["dagster/row_count"] == 1
    assert shown["rows_read"] == 2
    assert shown["rows_loaded"] == 1
    assert shown["rows_quarantined"] == 1
    assert shown["files"] == 1
    assert shown["schema_drift"] == "note (missing), shoe (new)"
    assert "-crm-people-" in shown["batch_id"]


def test_without_a_new_file_nothing_looks_changed(asset, data):
    def version():
        return materialize(asset).tags["dagster/data_version"]

    assert version() == "empty"
    folder = data.landing / "crm" / "people"
    folder.mkdir(parents=True)
    (folder / "1.csv").write_text("id,born_on,note\n1,,\n")
    first = version()
    assert version() == first
    (folder / "1_again.csv").write_text("id,born_on,note\n1,,\n")
    assert version() == first
    (folder / "2.csv").write_text("id,born_on,note\n2,,\n")
    assert version() > first


def test_a_source_that_cannot_be_read_fails_its_check_and_loads_what_landed(
    data, monkeypatch
):
    monkeypatch.setenv("C360_CRM_DSN", "host=127.0.0.1 port=1")
    (asset,) = raw_assets({"sources": {"people": declare(**POSTGRES)}})
    folder = data.landing / "crm" / "people"
    folder.mkdir(parents=True)
    (folder / "1.csv").write_text("id,born_on,note\n1,,\n")
    result = dg.materialize([asset])
    assert result.success
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert "crm.people cannot be reached" in check.description
    (event,) = result.asset_materializations_for_node(asset.op.name)
    assert event.metadata["rows_loaded"].value == 1


def test_a_source_that_cannot_be_read_holds_up_no_other(data, monkeypatch):
    monkeypatch.setenv("C360_CRM_DSN", "host=127.0.0.1 port=1")
    down = declare(**POSTGRES)
    other = declare() | {"name": "visits", "identifier": "visits"}
    assets = raw_assets({"sources": {"people": down, "visits": other}})
    folder = data.landing / "crm" / "visits"
    folder.mkdir(parents=True)
    (folder / "1.csv").write_text("id,born_on,note\n1,,\n2,,\n")
    result = dg.materialize(assets)
    assert result.success
    rows = {
        event.asset_key.path[-1]: event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
    }
    assert rows["people"].metadata["rows_loaded"].value == 0
    assert rows["visits"].metadata["rows_loaded"].value == 2


def test_a_fetch_tells_how_far_it_came(data, postgres, monkeypatch, caplog):
    caplog.set_level("INFO", "c360.fetch")
    monkeypatch.setattr(logging.getLogger("c360"), "propagate", True)
    monkeypatch.setenv("C360_CRM_DSN", postgres.uri)
    postgres.run(
        "drop schema if exists crm cascade",
        "create schema crm",
        "create table crm.people as select 1 as id, date '2000-01-01' as born_on",
    )
    (asset,) = raw_assets({"sources": {"p": declare(**POSTGRES, cursor="born_on")}})
    metadata = materialize(asset).metadata
    assert metadata["rows_fetched"].value == 1
    assert metadata["cursor_from"].value == "the beginning"
    assert metadata["cursor_to"].value == "2000-01-01"
    assert metadata["dagster/row_count"].value == 1
    assert "crm.people: 1 row fetched" in caplog.messages
