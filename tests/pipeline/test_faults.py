"""What goes wrong with machines: after each, a rerun ends as if nothing had happened.

A run is a process of its own here, as it is in operation. The long way is walked once:
one world lives through every kill, on the day after its first release.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.warehouse import DataDir, connect
from tests.pipeline.processes import (
    assert_no_row_lost,
    assert_same_marts,
    assert_whole,
    c360,
    copy_of,
    query,
    succeed,
)

WORLD = ("--customers", "150", "--days", "60", "--seed", "7")

# Where the process is killed: the function that is about to be called, and with what.
KILLS = {
    "ingestion, in the transaction of a table": (
        "orchestration.ingestion.raw_table:insert_rows@shopify/orders"
    ),
    "ingestion, a table being loaded": (
        "orchestration.ingestion.assets:count_rows@zendesk"
    ),
    "the raw gate": "orchestration.gates.judging:evaluate",
    "the mirror of the ledger": "orchestration.kept.state:_is_mirrored@batches.parquet",
    "staging": "orchestration.transform:_log_node@stg_shopify__orders",
    "the feeds gate, judged and not remembered": (
        "orchestration.gates.judging:remember@feeds"
    ),
    "core": "orchestration.transform:_log_node@core__orders",
    "identity, numbers given": (
        "orchestration.transform:_log_node@int_identity__record_registry"
    ),
    "the identity gate": "orchestration.gates.judging:publish_report@identity",
    "features, assignments committed": (
        "orchestration.transform:_log_node@identity_assignments"
    ),
    "scores, some of them learnt": "orchestration.scores.assets:keep@customer_churn",
    "marts": "orchestration.transform:_log_node@marts.customers",
    "the mirror of ids": "orchestration.kept.state:_is_mirrored@identity_assignments",
    "the marts gate": "orchestration.gates.judging:evaluate",
    "publishing, files written": "orchestration.releases.draft:verify_file@masked",
    "publishing, before readers see it": (
        "orchestration.releases.publish:point_readers_to"
    ),
    "publishing, readers see it": "orchestration.releases.publish:drop_old",
}


@pytest.fixture(scope="module")
def first_day(tmp_path_factory) -> DataDir:
    """A world after its first run."""
    data = DataDir(tmp_path_factory.mktemp("faults") / "first")
    succeed(data, "universe", *WORLD)
    succeed(data, "run")
    return data


@pytest.fixture(scope="module")
def undisturbed(first_day, tmp_path_factory) -> DataDir:
    """The same world after another day."""
    data = copy_of(first_day, tmp_path_factory.mktemp("faults") / "undisturbed")
    succeed(data, "universe", *WORLD, "--day", "1")
    succeed(data, "run")
    return data


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_killed_anywhere_a_rerun_ends_as_an_undisturbed_run(
    first_day, undisturbed, tmp_path
):
    data = copy_of(first_day, tmp_path / "world")
    before = assert_whole(data)
    succeed(data, "universe", *WORLD, "--day", "1")
    for place, doom in KILLS.items():
        killed = c360(data, "run", doom=doom)
        assert killed.returncode == -signal.SIGKILL, (place, killed.stdout[-3000:])
        release = assert_whole(data)
        assert (release == before) is (place != "publishing, readers see it"), place
    succeed(data, "run")
    assert_whole(data)
    assert_no_row_lost(data)
    assert_same_marts(data, undisturbed)
    assert not list(data.root.rglob("*.tmp"))


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[None]:
    """Mount a disk of that size, which can be grown; needs root."""
    path.mkdir()
    options = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)


def limit_files(megabytes: int) -> None:
    """Have this process fail to write beyond that size, as a full disk would."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes << 20, megabytes << 20))


# To mount a disk takes root; a limit to what may be written does without.
FULL = ("limit", "disk") if os.geteuid() == 0 else ("limit",)


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("what", FULL)
def test_a_full_disk_is_told_in_a_sentence_and_costs_nothing(
    first_day, undisturbed, tmp_path, what
):
    size = sum(p.stat().st_size for p in first_day.root.rglob("*") if p.is_file()) >> 20
    with ExitStack() as stack:
        if what == "disk":
            stack.enter_context(small_disk(tmp_path / "disk", size + 8))
            full = {}
        else:
            (tmp_path / "disk").mkdir()
            full = {"preexec_fn": lambda: limit_files(4)}
        data = copy_of(first_day, tmp_path / "disk" / "world")
        before = assert_whole(data)
        succeed(data, "universe", *WORLD, "--day", "1")
        failed = c360(data, "run", **full)
        assert failed.returncode == 1
        assert "Traceback" not in failed.stdout + failed.stderr
        assert "c360 run" in failed.stderr + failed.stdout
        assert assert_whole(data) == before
        if not full:
            grow = f"remount,size={size + 500}m"
            subprocess.run(["mount", "-o", grow, tmp_path / "disk"], check=True)
        succeed(data, "run")
        assert_no_row_lost(data)
        assert_same_marts(data, undisturbed)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_lost_warehouse_comes_back_as_it_was(undisturbed, tmp_path):
    data = copy_of(undisturbed, tmp_path / "world")
    data.warehouse.unlink()
    succeed(data, "run")
    assert_no_row_lost(data)
    assert_same_marts(data, undisturbed)
    for rows in (
        "from ops.batches order by all",
        "select path, sha256, batch_id, rows_loaded from ops.ingested_files "
        "where batch_id is not null order by all",
        "from identity.record_registry order by all",
        "select * exclude (quarantined_at) from quarantine.rows order by all",
    ):
        assert query(data.warehouse, rows) == query(undisturbed.warehouse, rows), rows


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_clock_that_was_set_back_a_day_changes_nothing(
    first_day, undisturbed, tmp_path
):
    """The first run said of all it wrote that it was tomorrow."""
    data = copy_of(first_day, tmp_path / "world")
    with connect(data.warehouse) as warehouse:
        moments = warehouse.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "inner join duckdb_tables() using (database_name, schema_name, table_name) "
            "where data_type = 'TIMESTAMP' and (schema_name in ('ops', 'quarantine') "
            "or table_name = 'identity_assignments' or column_name = '_loaded_at') "
            # That a model was shown days until then, no clock says but the events.
            "and column_name not in ('holdout_from', 'holdout_to')"
        ).fetchall()
        for schema, table, column in moments:
            warehouse.execute(
                f"update {schema}.{table} set {column} = {column} + interval 1 day"
            )
    shutil.rmtree(data.state)
    succeed(data, "universe", *WORLD, "--day", "1")
    succeed(data, "run")
    assert_whole(data)
    assert_same_marts(data, undisturbed)
    backwards = query(
        data.warehouse,
        "select count(*) from identity.identity_assignments "
        "where committed_to <= committed_from",
    )
    assert backwards == [(0,)]


def said_by(*args: str) -> tuple[int, str]:
    """Run a command in this process; return exit code and words, on one line."""
    done = CliRunner().invoke(app, [*args], env={"COLUMNS": "1000"})
    assert "Traceback" not in done.output
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_of_two_runs_at_once_one_publishes_and_one_says_why_not(
    first_day, undisturbed, tmp_path
):
    data = copy_of(first_day, tmp_path / "world")
    succeed(data, "universe", *WORLD, "--day", "1")
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(c360, data, "run") for _ in range(3)]
    done = sorted((run.result() for run in runs), key=lambda run: run.returncode)
    assert [run.returncode for run in done] == [0, 1, 1]
    for refused in done[1:]:
        said = refused.stdout + refused.stderr
        assert "is in use by another process. Wait for the run that holds it" in said
        assert "Traceback" not in said
    assert_whole(data)
    assert_no_row_lost(data)
    assert_same_marts(data, undisturbed)


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """Have another process hold a warehouse, as a run does."""
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1); input()"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"1\n"
        yield
        process.stdin.write(b"\n")
        process.stdin.close()


def test_a_second_run_says_so_in_a_sentence_and_changes_nothing(data):
    with connect(data.warehouse) as warehouse:
        warehouse.execute("create table kept as select 42 as answer")
    (data.landing / "shopify/orders").mkdir(parents=True)
    (data.landing / "shopify/orders/2026-06-01.jsonl").write_text('{"id": 1}\n')
    with held_by_another(data.warehouse):
        code, said = said_by("run")
    assert code == 1
    assert said.count("is in use by another process. Wait for the run that holds") == 1
    assert query(data.warehouse, "from kept") == [(42,)]
    assert query(data.warehouse, "from ops.ingested_files") == []
    assert not data.published.exists()


@pytest.mark.parametrize("content", [b"", b"no database" * 5000])
def test_a_damaged_warehouse_names_the_command_that_mends_it(data, content):
    data.warehouse.write_bytes(content)
    code, said = said_by("run")
    assert code == 1
    assert "is damaged" in said
    assert "c360 rebuild" in said
    assert said_by("rebuild")[0] == 0
    assert not data.warehouse.exists()
