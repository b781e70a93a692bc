"""The whole way through Dagster, on a small world: what daily operation looks like.

A run costs a minute, so the tests share a world and live through its days one after the
other; each compares with what it found, and so can be run alone as well.
"""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt.runner import invoke
from orchestration.gates.judging import judge
from orchestration.gates.ledger import relation_of
from orchestration.gates.suites import gated_nodes, suite_for
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import source_tables
from orchestration.privacy.scan import scan
from orchestration.project import GATES, manifest
from orchestration.run import RunOutcome, refresh
from orchestration.universe import write_universe
from orchestration.warehouse import DataDir, connect
from tests.pipeline.known_values import columns_that_name_people
from tests.pipeline.reconciliation import unequal_totals

CUSTOMERS = 150

HISTORIES = {"freshness", "data_quality", "identity_quality"}
"""Marts about the runs themselves, which no two runs leave the same."""


@pytest.fixture(scope="module")
def first_run(tmp_path_factory) -> tuple[DataDir, RunOutcome]:
    """A world after its first run, which nobody changes."""
    data = DataDir(tmp_path_factory.mktemp("world"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C360_DATA_DIR", str(data.root))
        write_universe(data.root, customers=CUSTOMERS, days=120, seed=7)
        outcome = refresh(data)
    assert outcome.success, outcome.failures
    return data, outcome


@pytest.fixture(scope="module")
def shared(first_run, tmp_path_factory) -> DataDir:
    data = DataDir(tmp_path_factory.mktemp("days") / "world")
    shutil.copytree(first_run[0].root, data.root, symlinks=True)
    return data


@pytest.fixture
def world(shared, monkeypatch) -> DataDir:
    """The world that lives through the days, as the test before left it."""
    monkeypatch.setenv("C360_DATA_DIR", str(shared.root))
    return shared


def query(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def released(data: DataDir) -> Path:
    return (data.published / "current").resolve() / "customer360.duckdb"


def fingerprint(data: DataDir, schema: str) -> dict[str, tuple]:
    """Rows and contents of every table of a schema, whatever the order of rows."""
    path = str(data.warehouse)
    tables = query(
        data.warehouse,
        f"select table_name from duckdb_tables() where schema_name = '{schema}'",
    )
    with duckdb.connect(path, read_only=True) as connection:
        return {
            table: connection.execute(
                f"select count(*), bit_xor(hash(t::varchar)) from {schema}.{table} as t"
            ).fetchall()[0]
            for (table,) in tables
            if table not in HISTORIES
        }


def versions(data: DataDir) -> dict[str, int]:
    return dict(
        query(
            data.warehouse,
            "select table_schema || '.' || table_name, version from ops.table_builds",
        )
    )


def test_a_first_run_publishes_every_mart(first_run):
    data, _ = first_run
    rows = dict(
        query(
            released(data),
            "select table_name, estimated_size from duckdb_tables() "
            "where schema_name = 'marts'",
        )
    )
    assert {"customers", "orders", "interactions", "customer_rfm"} <= set(rows)
    assert 0.5 * CUSTOMERS < rows["customers"] < 1.6 * CUSTOMERS


def test_no_table_of_the_masked_release_names_anybody(first_run):
    data, _ = first_run
    masked = released(data).with_name("customer360_masked.duckdb")
    assert "marts.customers.email" in columns_that_name_people(released(data), data)
    assert columns_that_name_people(masked, data) == {}


def test_every_column_with_personal_data_is_classified(first_run):
    data, _ = first_run
    with connect(data.warehouse, read_only=True) as warehouse:
        assert [str(finding) for finding in scan(warehouse, manifest())] == []


def test_every_rule_of_the_gates_can_show_the_rows_that_break_it(first_run):
    data, _ = first_run
    asked = 0
    with connect(data.warehouse, read_only=True) as warehouse:
        for gate in GATES:
            for node in gated_nodes(gate, manifest()):
                for rule in suite_for(gate, node, manifest()):
                    if rows := getattr(rule, "unexpected_rows_query", None):
                        table = '{}."{}"'.format(*relation_of(node))
                        warehouse.execute(f"explain {rows.format(batch=table)}")
                        asked += 1
    assert asked > 300


def test_pseudonyms_join_as_the_values_do(first_run):
    data, _ = first_run
    masked = released(data).with_name("customer360_masked.duckdb")
    pseudonyms = query(
        masked,
        "select table_schema || '.' || table_name, column_name "
        "from marts._personal_columns where masked_as = 'pseudonym'",
    )
    assert len(pseudonyms) > 30
    for table, column in pseudonyms:
        tables = "marts.customer_identifiers as identifiers "
        if column.endswith("record_key"):
            tables = "marts.customer_records as identifiers "
        key = "record_key" if column.endswith("record_key") else "identifier_value"
        joined = (
            f"select count(*), count(distinct mart.{column}) from {tables} "
            f"inner join {table} as mart on identifiers.{key} = mart.{column}"
        )
        assert query(masked, joined) == query(released(data), joined)


def test_no_physical_row_is_lost_on_the_way_in(first_run):
    data, _ = first_run
    lost = query(
        data.warehouse,
        "select path from ops.ingested_files "
        "where rows_read != rows_loaded + rows_quarantined",
    )
    assert lost == []


def test_every_accepted_row_is_in_staging_or_in_quarantine_or_superseded(first_run):
    data, _ = first_run
    accepted, staged, bad = query(
        data.warehouse,
        """
        select
            (
                select count(distinct transaction_id)
                from raw_pos.transactions
            ),
            (select count(*) from staging.stg_pos__transactions),
            (
                select count(*) from quarantine.rows
                where stage = 'cast' and source_table = 'transactions'
            )
        """,
    )[0]
    assert accepted == staged + bad


def test_totals_of_raw_text_are_those_of_the_marts_to_the_cent(first_run):
    data, _ = first_run
    assert unequal_totals(data.warehouse) == []


def test_the_planted_dirt_is_in_quarantine(first_run):
    data, _ = first_run
    planted = json.loads((data.truth / "expected_dirt.json").read_text())
    assert planted
    quarantined = query(data.warehouse, "select count(*) from quarantine.rows")
    assert quarantined[0][0] > 0


def test_a_second_run_without_new_files_builds_nothing(world):
    before = versions(world)
    outcome = refresh(world)
    assert outcome.success, outcome.failures
    assert versions(world) == before


def test_the_same_file_under_another_name_changes_nothing(world):
    marts = fingerprint(world, "marts")
    original = next((world.landing / "shopify" / "orders").glob("*.jsonl"))
    shutil.copyfile(original, original.with_name("2026-07-09_again.jsonl"))
    assert refresh(world).success
    assert fingerprint(world, "marts") == marts


def land_a_ping(data: DataDir, latitude: float) -> None:
    """Write a file of one visit to a store, at a latitude."""
    folder = data.landing / "beacons" / "pings"
    source = next(folder.glob("*.parquet"))
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select * replace (
                    'new' as ping_id,
                    'new' as device_id,
                    {latitude} as latitude
                )
                from '{source}'
                where loyalty_id is not null
                limit 1
            ) to '{folder / "2026-07-01.parquet"}' (format parquet)
            """
        )


def numbers_of_records(data: DataDir) -> dict[str, int]:
    sql = "select record_key, record_seq from identity.record_registry"
    return dict(query(data.warehouse, sql))


def test_a_bad_file_holds_the_next_day_back_until_it_is_mended(world):
    """Readers keep the release before; then every id is kept and the marts grow."""
    release, marts = released(world), fingerprint(world, "marts")
    numbers = numbers_of_records(world)
    count_orders = "select count(*) from marts.orders"
    orders = query(world.warehouse, count_orders)

    write_universe(world.root, customers=CUSTOMERS, days=120, seed=7, day=1)
    land_a_ping(world, latitude=200)
    outcome = refresh(world)
    assert not outcome.success
    assert any("gate_feeds" in failure for failure in outcome.failures)
    assert released(world) == release
    assert fingerprint(world, "marts") == marts

    land_a_ping(world, latitude=50)
    outcome = refresh(world)
    assert outcome.success, outcome.failures
    assert released(world) != release
    after = numbers_of_records(world)
    assert numbers.items() <= after.items()
    assert len(after) > len(numbers)
    assert query(world.warehouse, count_orders) > orders


def land_answers(data: DataDir, days: list[date], rows: int) -> None:
    """Write a file of survey answers for each day, with so many rows."""
    folder = data.landing / "surveys" / "responses"
    header, *lines = next(folder.glob("2026-06-30*.csv")).read_text().splitlines()
    answer = lines[0].split(",", 1)[1]
    for day in days:
        answers = [f"{day}-{number},{answer}" for number in range(rows)]
        (folder / f"{day}.csv").write_text("\n".join([header, *answers]) + "\n")


@pytest.mark.slow
def test_a_batch_ten_times_too_large_waits_while_a_quiet_source_warns(world):
    """The backfill of ten weeks teaches the band that the week after is held to."""
    weeks = [date(2026, 7, 7) + timedelta(weeks=week) for week in range(10)]
    land_answers(world, weeks, rows=20)
    assert refresh(world).success
    release = released(world)
    answers = query(release, "select count(*) from marts.survey_responses")[0][0]

    land_answers(world, [date(2026, 9, 15)], rows=200)
    original = next((world.landing / "shopify" / "customers").glob("*.jsonl"))
    shutil.copyfile(original, original.with_name("2026-07-09.jsonl"))
    with connect(world.warehouse) as connection:
        connection.execute(
            "update ops.ingested_files set ingested_at = ingested_at - interval 3 day "
            "where source_system = 'ads' or source_system = 'shopify'"
        )
    outcome = refresh(world)
    assert outcome.success, outcome.failures

    assert released(world) != release
    rows = "select count(*) from marts.survey_responses"
    assert query(released(world), rows)[0][0] == answers
    (waiting,) = query(
        world.warehouse, "select reason from ops.batches where status = 'waiting'"
    )
    assert (
        "has 200 rows, where 10 to 30 are usual by 10 drops on Tuesdays" in waiting[0]
    )
    quiet = query(
        released(world),
        "select source_system, source_table from marts.freshness where is_stale",
    )
    silent = {
        (source.system, source.table)
        for source in source_tables(manifest())
        if source.system in ("ads", "shopify")
    }
    assert set(quiet) == silent - {("shopify", "customers")}
    told = query(
        released(world),
        """
        select table_name, severity
        from marts.data_quality
        where not passed and rule = 'has not gone quiet' and table_schema = 'raw_ads'
        """,
    )
    assert set(told) == {("campaigns", "warning"), ("daily_performance", "warning")}


@pytest.mark.slow
def test_a_lost_warehouse_comes_back_with_the_same_ids(world):
    before = query(
        world.warehouse,
        "select record_key, customer_id from identity.identity_map order by all",
    )
    world.warehouse.unlink()
    outcome = refresh(world)
    assert outcome.success, outcome.failures
    after = query(
        world.warehouse,
        "select record_key, customer_id from identity.identity_map order by all",
    )
    assert after == before


def test_who_is_gone_at_the_tills_is_marked_on_every_version(world):
    """As the connector lands it: a row of nothing but the key and the time."""
    stay, leave = query(world.warehouse, "from raw_pos.members limit 2")
    file = world.landing / "pos/members/2999-01-01.parquet"
    duckdb.sql(
        f"select '{leave[0]}' as loyalty_id, '2026-08-01 00:00:00' as c360_deleted_at"
    ).write_parquet(str(file))
    with connect(world.warehouse) as connection:
        (source,) = [s for s in source_tables(manifest()) if s.name == "pos.members"]
        load_table(connection, source, world, datetime.now(UTC))
    assert judge("raw", run_id="by hand").passed
    result = invoke(["run", "--select", "stg_pos__member_versions stg_pos__profiles"])
    assert result.success, result.message
    marked = query(
        world.warehouse,
        f"""
        select distinct record_id, cast(deleted_at as varchar)
        from staging.stg_pos__profiles
        where record_id in ('{stay[0]}', '{leave[0]}')
        order by deleted_at
        """,
    )
    assert marked == [(leave[0], "2026-08-01 00:00:00"), (stay[0], None)]


def test_the_logic_of_every_model_holds(world):
    """The unit tests of dbt need the tables that they stand in for."""
    result = invoke(["test", "--select", "test_type:unit"])
    assert result.success, result.message
