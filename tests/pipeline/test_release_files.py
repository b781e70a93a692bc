"""What is in the files of a release: all marts, in order, and masked beside."""

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.releases.publish import (
    PublishError,
    personal_columns,
    publish,
    published_models,
)
from orchestration.warehouse import connect
from tests.pipeline.small_releases import (
    FILES,
    MANIFEST,
    build,
    count,
    model,
    read,
    release_of,
)


def test_a_release_has_all_marts_with_their_constraints_and_comments(data):
    build(data, 5, version=1)
    release = publish("run1", data, manifest=MANIFEST)

    assert release.row_counts == {"governance.access_log": 0, "marts.customers": 5}
    path = data.published / "current/customer360.duckdb"
    assert read(path, "select comment from duckdb_tables() where comment like '%id.'")
    columns = read(
        path,
        "select column_name, is_nullable, comment from duckdb_columns() "
        "where table_name = 'customers' order by column_index",
    )
    assert columns == [
        ("customer_id", False, None),
        ("email", False, "Where mail reaches them."),
        ("birth_date", True, None),
    ]
    published = read(
        path, "select run_id, row_counts->>'marts.customers' from marts._published"
    )
    assert published == [("run1", "5")]


def test_rows_lie_in_the_order_of_customers(data):
    rows = 150_000  # more than a row group, so that several are put in order
    path = release_of(data, "run1", rows, 1)
    for name in FILES:
        ids = read(
            path / name, "select customer_id from marts.customers order by rowid"
        )
        assert len(ids) == rows
        assert ids == sorted(ids)


def test_old_drivers_can_open_the_files(data):
    path = release_of(data, "run1", 5, 1)
    with duckdb.connect() as reader:
        for name in FILES:
            reader.execute(f"attach '{path / name}' (read_only)")
        versions = reader.execute(
            "select tags['storage_version'] from duckdb_databases() "
            "where path is not null"
        ).fetchall()
    assert versions == [("v1.4.0+",)] * 2


def test_only_the_public_models_of_the_published_schemas_are_released(data):
    build(data, 5, version=1)
    with connect(data.warehouse) as warehouse:
        warehouse.execute("create table marts.once_a_mart as select 'secret' as x")
        warehouse.execute("create table marts.drafts as select 'secret' as x")
    release = publish("run1", data, manifest=MANIFEST)

    published = [("governance", "access_log"), ("marts", "customers")]
    assert sorted(release.row_counts) == [".".join(name) for name in published]
    for name in FILES:
        tables = read(
            release.path / name,
            "select schema_name, table_name from duckdb_tables() order by all",
        )
        told = [("marts", "_personal_columns"), ("marts", "_published")]
        assert tables == [published[0], *told, published[1]]
    manifest = json.loads((release.path / "manifest.json").read_text())
    assert list(manifest["personal_columns"]) == ["marts.customers"]


def test_a_mart_that_leaves_the_project_leaves_the_release(data):
    first = release_of(data, "run1", 5, 1)
    nodes = {"a": MANIFEST["nodes"]["a"]}
    second = publish("run2", data, manifest={"nodes": nodes})
    assert not second.reused
    assert list(second.row_counts) == ["marts.customers"]
    schemas = "select distinct schema_name from duckdb_tables() order by all"
    assert read(first / FILES[0], schemas) == [("governance",), ("marts",)]
    assert read(second.path / FILES[0], schemas) == [("marts",)]


def test_a_mart_that_is_not_built_is_not_left_out_in_silence(data):
    release_of(data, "run1", 5, 1)
    nodes = MANIFEST["nodes"] | {"f": model("marts", "orders")}
    with pytest.raises(PublishError, match=r"no table for the marts marts\.orders,"):
        publish("run2", data, manifest={"nodes": nodes})
    assert count(data) == 5


def test_the_manifest_tells_what_is_in_the_files(data):
    path = release_of(data, "run1", 5, 1)
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["run_id"] == "run1"
    assert manifest["tables"]["marts.customers"]["rows"] == 5
    assert manifest["tables"]["marts.customers"]["version"] == 1
    for name, file in manifest["files"].items():
        assert (path / name).stat().st_size == file["bytes"]


def test_the_masked_twin_has_pseudonyms_and_nothing_else_of_a_person(data):
    path = release_of(data, "run1", 5, 1) / "customer360_masked.duckdb"
    rows = read(path, "select customer_id, email, birth_date from marts.customers")
    assert [row[0] for row in rows] == [f"c{n:06}" for n in range(5)]
    assert len({row[1] for row in rows}) == 5
    assert {len(row[1]) for row in rows} == {16}
    assert {row[2] for row in rows} == {date(2000, 1, 1)}
    assert b"@example.com" not in path.read_bytes()


def test_readers_are_told_what_is_personal_and_what_masking_leaves_of_it(data):
    path = release_of(data, "run1", 5, 1)
    for name in FILES:
        told = read(
            path / name,
            "select column_name, personal_class, masked_as "
            "from marts._personal_columns order by all",
        )
        assert told == [
            ("birth_date", "birth_date", "first day of the year"),
            ("email", "email", "pseudonym"),
        ]


def test_pseudonyms_stay_from_release_to_release_until_the_key_changes(
    data, tmp_path, monkeypatch
):
    def pseudonyms(release: Path) -> set[tuple]:
        path = release / "customer360_masked.duckdb"
        return set(read(path, "select email from marts.customers"))

    first = pseudonyms(release_of(data, "run1", 5, 1))
    assert first < pseudonyms(release_of(data, "run2", 7, 2))
    monkeypatch.setenv("C360_KEY_FILE", str(tmp_path / "another"))
    third = publish("run3", data, manifest=MANIFEST)
    assert not third.reused
    assert not first & pseudonyms(third.path)


def test_parquet_copies_hold_the_same_rows(data, monkeypatch):
    def copied(release: Path) -> int:
        files = str(release / "parquet/marts/customers.parquet")
        return len(duckdb.read_parquet(files).fetchall())

    first = release_of(data, "run1", 5, 1)
    assert not (first / "parquet").exists()
    monkeypatch.setenv("C360_PARQUET_COPY", "1")
    for run in ("run2", "run3"):  # of which the third has nothing new
        assert copied(publish(run, data, manifest=MANIFEST).path) == 5
    assert copied(release_of(data, "run4", 7, 2)) == 7


def test_personal_columns_are_those_that_the_models_say():
    found = personal_columns(published_models(MANIFEST))
    expected = {"email": "email", "birth_date": "birth_date"}
    assert found == {("marts", "customers"): expected}
