"""What a killed run holds is let go, and it is shown as failed."""

from uuid import uuid4

import dagster as dg
import pytest

from orchestration.dead_runs import HOLDS_WAREHOUSE, bury_dead_runs


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def started(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    run = dg.DagsterRun(
        job_name="refresh",
        run_id=str(uuid4()),
        status=dg.DagsterRunStatus.STARTED,
        tags=tags,
    )
    return instance.add_run(run).run_id


def test_a_run_that_held_the_warehouse_is_dead_once_another_holds_it(instance):
    killed = started(instance, {**HOLDS_WAREHOUSE})
    assert bury_dead_runs(instance) == [killed]
    assert instance.get_run_by_id(killed).status is dg.DagsterRunStatus.FAILURE
    assert bury_dead_runs(instance) == []


def test_a_run_that_was_started_elsewhere_is_left_to_dagster(instance):
    theirs = started(instance, {})
    assert bury_dead_runs(instance) == []
    assert instance.get_run_by_id(theirs).status is dg.DagsterRunStatus.STARTED


def test_the_slot_of_a_killed_step_is_free_for_the_next(instance):
    storage = instance.event_log_storage
    storage.set_concurrency_slots("duckdb_writer", 1)
    killed = started(instance, {**HOLDS_WAREHOUSE})
    assert storage.claim_concurrency_slot("duckdb_writer", killed, "a").is_claimed
    next_claim = ("duckdb_writer", str(uuid4()), "b")
    assert not storage.claim_concurrency_slot(*next_claim).is_claimed
    storage.free_concurrency_slots_for_run(next_claim[1])

    bury_dead_runs(instance)
    assert storage.claim_concurrency_slot(*next_claim).is_claimed
