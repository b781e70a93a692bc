"""The landing sensor: one run for each settled state of the folder."""

import dagster as dg
import pytest

from orchestration.sensors import landing_sensor


@pytest.fixture
def tick(data):
    cursor = ""

    def evaluate() -> list[str]:
        nonlocal cursor
        context = dg.build_sensor_context(cursor=cursor)
        result = landing_sensor.evaluate_tick(context)
        cursor = result.cursor or cursor
        return [request.run_key for request in result.run_requests]

    return evaluate


def land(data, name: str, text: str) -> None:
    path = data.landing / "shop" / "orders" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_file_that_rests_starts_one_run(data, tick):
    land(data, "2026-01-01.csv", "a,b\n")
    assert tick() == []
    assert len(tick()) == 1
    assert tick() == []


def test_a_file_that_still_grows_waits(data, tick):
    land(data, "2026-01-01.csv", "a,b\n")
    tick()
    land(data, "2026-01-01.csv", "a,b\n1,2\n")
    assert tick() == []
    assert len(tick()) == 1


def test_unfinished_and_hidden_files_start_nothing(data, tick):
    land(data, "2026-01-01.csv.tmp", "a,b\n")
    land(data, ".hidden.csv", "a,b\n")
    assert tick() == []
    assert tick() == []
