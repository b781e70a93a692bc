"""Publishing, as readers live through it: all of the old release, or all of the new."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.releases import publish as publishing
from orchestration.releases.directory import SEARCH
from orchestration.releases.files import ReleaseBrokenError, Stamp, write_files
from orchestration.releases.publish import (
    PublishError,
    personal_columns,
    publish,
    published_models,
)
from orchestration.releases.tables import Column, Table
from orchestration.warehouse import DataDir, connect


def model(schema: str, alias: str, *, access: str = "public", **pii: str) -> dict:
    return {
        "resource_type": "model",
        "schema": schema,
        "alias": alias,
        "access": access,
        "columns": {
            name: {"name": name, "config": {"meta": {"pii": personal_class}}}
            for name, personal_class in pii.items()
        },
    }


FILES = ("customer360.duckdb", "customer360_masked.duckdb")

MANIFEST = {
    "nodes": {
        "a": model("marts", "customers", email="email", birth_date="birth_date"),
        "b": model("governance", "access_log"),
        "c": model("core", "orders"),
        "d": model("marts", "drafts", access="protected"),
        "e": {"resource_type": "test", "schema": "marts"},
    }
}


def build(data: DataDir, customers: int, *, version: int, passed: bool = True) -> None:
    """Make the warehouse hold marts of so many customers, judged by the gate."""
    with connect(data.warehouse) as warehouse:
        warehouse.execute(
            """
            create schema if not exists marts;
            create schema if not exists governance;
            create or replace table marts.customers (
                customer_id varchar not null, email varchar not null, birth_date date
            );
            comment on table marts.customers is 'One row per customer''s id.';
            comment on column marts.customers.email is 'Where mail reaches them. ';
            create or replace table governance.access_log (line varchar);
            """
        )
        warehouse.execute(
            """
            insert into marts.customers
            select
                'c' || lpad(cast(n as varchar), 6, '0'),
                n || '@example.com',
                date '2000-05-17'
            from range(?) as numbers (n)
            order by hash(n)
            """,
            [customers],
        )
        for schema, table in (("marts", "customers"), ("governance", "access_log")):
            warehouse.execute(
                "insert or replace into ops.table_builds "
                "(layer, table_schema, table_name, version, run_id, built_at) "
                "values ('marts', ?, ?, ?, 'run', now())",
                [schema, table, version],
            )
            warehouse.execute(
                """
                insert into ops.gate_results by name
                select
                    'marts' as layer, ? as table_schema, ? as table_name,
                    ? as version, ? as passed, 'unique' as expectation,
                    'error' as severity, ? as checked_at
                """,
                [schema, table, str(version), passed, datetime(2026, 1, 1)],
            )


def release_of(data: DataDir, run_id: str, customers: int, version: int) -> Path:
    build(data, customers, version=version)
    return publish(run_id, data, manifest=MANIFEST).path


def read(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as reader:
        return reader.execute(query).fetchall()


def count(data: DataDir) -> int:
    current = data.published / "current/customer360.duckdb"
    return read(current, "select count(*) from marts.customers")[0][0]


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
    assert versions == [("v1.2.0+",)] * 2


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


def test_a_reader_keeps_the_old_release_and_the_next_one_sees_the_new(data):
    release_of(data, "run1", 5, 1)
    path = str(data.published / "current/customer360.duckdb")
    with duckdb.connect(path, read_only=True) as old:
        release_of(data, "run2", 7, 2)
        query = "select count(*), max(email) from marts.customers"
        assert old.execute(query).fetchall() == [(5, "4@example.com")]
        assert count(data) == 7


def test_another_process_reads_while_the_warehouse_is_written(data):
    release_of(data, "run1", 5, 1)
    path = data.published / "current/customer360.duckdb"
    script = f"""
        import duckdb
        reader = duckdb.connect({str(path)!r}, read_only=True)
        print(reader.execute("select count(*) from marts.customers").fetchall())
    """
    with connect(data.warehouse) as warehouse:
        warehouse.execute("begin")
        warehouse.execute("delete from marts.customers")
        done = run_python(script, data)
        warehouse.execute("rollback")
    assert done.stdout.strip() == "[(5,)]"


def run_python(script: str, data: DataDir) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=os.environ | {"C360_DATA_DIR": str(data.root)},
        cwd=publishing.PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


STEPS = ["write_files", "verify_file", "sync", "point_readers_to", "drop_old"]


@pytest.mark.parametrize("step", STEPS)
def test_an_error_at_any_step_leaves_a_whole_release(data, monkeypatch, step):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2)

    def fail(*_args, **_kwargs):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, step, fail)
        with pytest.raises(OSError, match="No space"):
            publish("run2", data, manifest=MANIFEST)
    assert count(data) == (7 if step == "drop_old" else 5)

    publish("run3", data, manifest=MANIFEST)
    assert count(data) == 7
    assert not list(data.published.rglob("*.tmp"))


def test_a_killed_process_leaves_the_release_and_the_next_run_clears_up(data):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2)
    script = f"""
        import os, signal
        from orchestration.releases import publish
        from orchestration.warehouse import DataDir
        publish.verify_file = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        publish.publish("run2", DataDir.from_env(), manifest={MANIFEST!r})
    """
    assert run_python(script, data).returncode == -signal.SIGKILL
    assert count(data) == 5
    assert (data.published / "releases/run2.tmp").is_dir()

    publish("run3", data, manifest=MANIFEST)
    assert count(data) == 7
    assert not list(data.published.rglob("*.tmp"))


def test_an_error_in_a_file_is_told_and_lets_go_of_both(data, tmp_path):
    column = Column("x", "no_such_type", is_nullable=True, comment=None)
    table = Table("marts", "odd", 1, None, (column,))
    stamp = Stamp("run1", datetime(2026, 1, 1), "1.0", {"marts.odd": 0}, [])
    with connect(data.warehouse) as warehouse:
        with pytest.raises(duckdb.CatalogException, match="no_such_type"):
            write_files(
                warehouse, tmp_path / "w", tmp_path / "m", [table], stamp, {}, "key"
            )
        attached = warehouse.execute("from duckdb_databases() where not internal")
        assert len(attached.fetchall()) == 1


def test_a_file_that_came_out_wrong_is_not_published(data, monkeypatch):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2)
    write = publishing.write_files

    def write_too_little(connection, whole, *args):
        write(connection, whole, *args)
        with duckdb.connect(str(whole)) as broken:
            broken.execute(
                "update marts.customers set email = 'x' where email like '3%'"
            )

    monkeypatch.setattr(publishing, "write_files", write_too_little)
    with pytest.raises(ReleaseBrokenError, match=r"does not hold marts\.customers"):
        publish("run2", data, manifest=MANIFEST)
    assert count(data) == 5


def test_the_newest_three_are_kept(data):
    for number in range(1, 6):
        release_of(data, f"run{number}", number, number)
    kept = sorted(path.name for path in (data.published / "releases").iterdir())
    assert kept == ["run3", "run4", "run5"]
    assert count(data) == 5


def test_what_did_not_change_is_linked_and_not_written_again(data):
    first = release_of(data, "run1", 5, 1)
    second = publish("run2", data, manifest=MANIFEST)
    built_again = release_of(data, "run3", 5, 2)
    assert second.reused
    for name in FILES:
        assert (first / name).samefile(built_again / name)
    manifest = json.loads((built_again / "manifest.json").read_text())
    assert manifest["written_by"] == "run1"
    assert manifest["tables"]["marts.customers"]["version"] == 2


def test_what_is_made_of_the_files_is_there_before_readers_see_them(data):
    def complete(draft):
        (draft / SEARCH).mkdir(exist_ok=True)
        if not any((draft / SEARCH).iterdir()):
            (draft / SEARCH / "index").write_text(str((draft / FILES[0]).exists()))
        assert (data.published / "current").resolve().name != draft.stem

    release_of(data, "run1", 5, 1)
    first = publish("run2", data, manifest=MANIFEST, complete=complete)
    second = publish("run3", data, manifest=MANIFEST, complete=complete)
    assert (first.path / SEARCH / "index").read_text() == "True"
    made = [release.path / SEARCH / "index" for release in (first, second)]
    assert made[0].samefile(made[1])


CHANGES = [
    "update marts.customers set email = 'new@example.com' where email like '3%'",
    "comment on column marts.customers.email is 'Where letters reach them.'",
    "alter table marts.customers alter column email drop not null",
    "alter table governance.access_log rename column line to entry",
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_readers_can_tell_apart_is_written_again(data, change):
    first = release_of(data, "run1", 5, 1)
    with connect(data.warehouse) as warehouse:
        warehouse.execute(change)
    second = publish("run2", data, manifest=MANIFEST)
    assert not second.reused
    assert not (first / FILES[0]).samefile(second.path / FILES[0])


def test_publishing_a_run_again_changes_nothing(data):
    path = release_of(data, "run1", 5, 1)
    before = (path / "manifest.json").read_text()
    assert publish("run1", data, manifest=MANIFEST).path == path
    assert (path / "manifest.json").read_text() == before


def test_a_closed_gate_leaves_the_release_and_names_the_tables(data):
    release_of(data, "run1", 5, 1)
    build(data, 7, version=2, passed=False)
    with pytest.raises(PublishError, match=r"has not passed for .*marts\.customers"):
        publish("run2", data, manifest=MANIFEST)
    assert count(data) == 5


def test_a_table_rebuilt_after_the_verdict_is_not_published(data):
    build(data, 5, version=1)
    with connect(data.warehouse) as warehouse:
        warehouse.execute("update ops.table_builds set version = 2")
    with pytest.raises(PublishError, match="as built now"):
        publish("run1", data, manifest=MANIFEST)
    assert not (data.published / "current").exists()


def test_nothing_is_published_from_dev(data, monkeypatch):
    build(data, 5, version=1)
    monkeypatch.setenv("C360_TARGET", "dev")
    with pytest.raises(PublishError, match="target dev"):
        publish("run1", data, manifest=MANIFEST)


@pytest.mark.parametrize("has_warehouse", [False, True])
def test_without_marts_one_is_told_to_run(data, has_warehouse):
    if has_warehouse:
        with connect(data.warehouse):
            pass
    with pytest.raises(PublishError, match="c360 run"):
        publish("run1", data, manifest=MANIFEST)


def test_parquet_copies_hold_the_same_rows(data):
    build(data, 5, version=1)
    path = publish("run1", data, manifest=MANIFEST, parquet=True).path
    copied = duckdb.read_parquet(str(path / "parquet/marts/customers.parquet"))
    assert len(copied.fetchall()) == 5


def test_personal_columns_are_those_that_the_models_say():
    found = personal_columns(published_models(MANIFEST))
    expected = {"email": "email", "birth_date": "birth_date"}
    assert found == {("marts", "customers"): expected}
