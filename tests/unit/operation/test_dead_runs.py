"""What a killed run holds is let go, and it is shown as failed."""

import os
import subprocess
import sys
from uuid import uuid4

import dagster as dg
import pytest

from orchestration.operation.dead_runs import (
    WatchedRunLauncher,
    bury_dead_runs,
    watched_in_process_executor,
)
from orchestration.warehouse import PROJECT_ROOT


@dg.op
def never_ends():
    """Tell that it runs, and wait to be killed."""
    print("begun", flush=True)
    sys.stdin.read()


@dg.job(executor_def=watched_in_process_executor)
def endless():
    never_ends()


@pytest.fixture
def instance(tmp_path):
    with dg.instance_for_test(
        temp_dir=str(tmp_path),
        overrides={
            "run_launcher": {
                "module": "orchestration.operation.dead_runs",
                "class": "WatchedRunLauncher",
            }
        },
    ) as instance:
        yield instance


@pytest.fixture
def process(instance):
    """A run in a process of its own, as the daemon starts it."""
    script = (
        "import dagster as dg\n"
        "from tests.unit.operation.test_dead_runs import endless\n"
        "with dg.DagsterInstance.get() as instance:\n"
        "    dg.execute_job(dg.reconstructable(endless), instance)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "DAGSTER_HOME": instance.root_directory},
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert any(line == "begun\n" for line in process.stdout)
        yield process
        process.kill()


def test_a_run_is_alive_until_its_process_is_killed(instance, process):
    launcher = instance.run_launcher
    assert isinstance(launcher, WatchedRunLauncher)
    assert launcher.supports_check_run_worker_health
    (run,) = instance.get_runs()
    assert launcher.check_run_worker_health(run).status.value == "RUNNING"
    assert bury_dead_runs(instance) == []
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTED

    process.kill()
    process.wait()
    assert launcher.check_run_worker_health(run).status.value == "FAILED"
    assert bury_dead_runs(instance) == [run.run_id]
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
    assert bury_dead_runs(instance) == []


def test_the_slot_of_a_killed_step_is_free_for_the_next(instance):
    storage = instance.event_log_storage
    storage.set_concurrency_slots("duckdb_writer", 1)
    claim = ("duckdb_writer", str(uuid4()), "a")
    assert storage.claim_concurrency_slot(*claim).is_claimed
    next_claim = ("duckdb_writer", str(uuid4()), "b")
    assert not storage.claim_concurrency_slot(*next_claim).is_claimed
    storage.free_concurrency_slots_for_run(next_claim[1])

    bury_dead_runs(instance)
    assert storage.claim_concurrency_slot(*next_claim).is_claimed
