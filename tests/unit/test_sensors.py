"""The landing sensor: one run for what has come to rest, of exactly what it reaches."""

import json
import os

import dagster as dg
import pytest

from orchestration.schedules import refresh_job
from orchestration.sensors import REST_SECONDS, landing_sensor


@dg.asset(key=["shop", "orders"])
def shop_orders():
    """A raw table."""


@dg.asset(key=["shop", "customers"])
def shop_customers():
    """Another raw table."""


@dg.asset(group_name="seeds")
def rates():
    """A lookup."""


@dg.asset(group_name="seeds")
def rules():
    """Another lookup."""


@dg.asset(deps=[shop_orders, rates])
def orders():
    """Reads the first."""


@dg.asset(deps=[orders, shop_customers, rules])
def customers():
    """Reads both."""


ASSETS = [shop_orders, shop_customers, rates, rules, orders, customers]


EVERYTHING = [key for asset in ASSETS for key in asset.keys]


@pytest.fixture
def tick(data, monkeypatch):
    """Evaluate the sensor; return what each requested run is to materialise."""
    cursor = json.dumps([{}, {}, "1.0"])
    monkeypatch.setattr("orchestration.sensors.project_state", lambda: "1.0")
    defs = dg.Definitions(assets=ASSETS, jobs=[refresh_job], sensors=[landing_sensor])
    with dg.DagsterInstance.ephemeral() as instance:

        def evaluate() -> list[set[str]]:
            nonlocal cursor
            context = dg.build_sensor_context(
                instance, cursor, definitions=defs, sensor_name="landing_files"
            )
            result = landing_sensor.evaluate_tick(context)
            cursor = result.cursor or cursor
            return [
                {key.to_user_string() for key in request.asset_selection or EVERYTHING}
                for request in result.run_requests
            ]

        evaluate.instance = instance
        yield evaluate


def land(data, name: str, text: str = "a,b\n", table: str = "orders"):
    path = data.landing / "shop" / table / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_that_rests_starts_one_run_of_what_it_reaches(data, tick):
    land(data, "2026-01-01.csv")
    assert tick() == []
    assert tick() == [{"shop/orders", "orders", "customers", "rates", "rules"}]
    assert tick() == []


def test_files_of_two_tables_are_one_run(data, tick):
    land(data, "2026-01-01.csv")
    land(data, "2026-01-01.csv", table="customers")
    tick()
    assert tick() == [
        {"shop/orders", "shop/customers", "orders", "customers", "rates", "rules"}
    ]
    land(data, "2026-01-02.csv", table="customers")
    tick()
    assert tick() == [{"shop/customers", "customers", "rules"}]


def test_a_file_that_rests_already_does_not_wait_for_a_second_tick(
    data, tick, monkeypatch
):
    land(data, "2026-01-01.csv")
    monkeypatch.setattr("orchestration.sensors.REST_SECONDS", -1.0)
    assert len(tick()) == 1
    assert REST_SECONDS > 1


def test_a_file_that_still_grows_waits_and_holds_back_no_other(data, tick):
    land(data, "2026-01-01.csv")
    land(data, "2026-01-01.csv", table="customers")
    tick()
    land(data, "2026-01-01.csv", "a,b\n1,2\n")
    assert tick() == [{"shop/customers", "customers", "rules"}]
    assert tick() == [{"shop/orders", "orders", "customers", "rates", "rules"}]


def test_what_lands_during_a_run_waits_for_its_end(data, tick):
    land(data, "2026-01-01.csv")
    tick()
    job = dg.Definitions(assets=ASSETS, jobs=[refresh_job]).resolve_job_def("refresh")
    run = tick.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert tick() == []
    tick.instance.delete_run(run.run_id)
    assert len(tick()) == 1


@pytest.mark.parametrize(
    "name",
    [
        "2026-01-01.csv.tmp",
        ".hidden.csv",
        "2026-01-01T00-00-00.000000Z.parquet",  # fetched, by a run
    ],
)
def test_unfinished_hidden_and_fetched_files_start_nothing(data, tick, name):
    land(data, name)
    assert tick() == []
    assert tick() == []


def test_a_folder_that_no_source_declares_starts_nothing(data, tick):
    land(data, "2026-01-01.csv", table="unknown")
    assert tick() == []
    assert tick() == []


def test_a_name_that_is_no_text_is_a_name_all_the_same(data, tick):
    land(data, os.fsdecode(b"\xff.csv"))
    tick()
    assert len(tick()) == 1


def test_the_first_run_after_the_project_changed_is_of_everything(
    data, tick, monkeypatch
):
    monkeypatch.setattr("orchestration.sensors.project_state", lambda: "2.0")
    land(data, "2026-01-01.csv", table="customers")
    tick()
    assert tick() == [{key.to_user_string() for key in EVERYTHING}]
    land(data, "2026-01-02.csv", table="customers")
    tick()
    assert tick() == [{"shop/customers", "customers", "rules"}]
