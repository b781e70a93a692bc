"""Times that are written down never go back, though the machine's clock may."""

from datetime import datetime, timedelta

import pytest

from orchestration import clock
from orchestration.commands import doctor
from orchestration.gates.finding import Finding
from orchestration.gates.ledger import remember
from orchestration.identity.decisions import decide
from orchestration.kept.state import restore_state, save_state
from orchestration.warehouse import PROJECT_ROOT, connect

NODE = {"schema": "marts", "name": "things", "unique_id": "model.things"}


@pytest.fixture
def set_clock(monkeypatch):
    """Have the machine say another time."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "machine_time", lambda: moment)

    return set_to


@pytest.fixture
def tomorrow() -> datetime:
    return clock.machine_time() + timedelta(days=1)


def test_a_moment_is_what_the_machine_says(data, set_clock, tomorrow):
    set_clock(tomorrow)
    with connect(data.warehouse) as connection:
        assert clock.moment(connection) == tomorrow


def test_each_moment_is_later_than_the_last_though_the_clock_is_set_back(
    data, set_clock, tomorrow
):
    set_clock(tomorrow)
    with connect(data.warehouse) as connection:
        moments = [clock.moment(connection)]
        set_clock(tomorrow - timedelta(hours=1))
        moments += [clock.moment(connection), clock.moment(connection)]
    with connect(data.warehouse) as connection:
        moments.append(clock.moment(connection))
        assert clock.behind(connection) >= timedelta(minutes=59)
    assert sorted(set(moments)) == moments
    assert moments[-1] - moments[0] < timedelta(seconds=1)


def finding(*, passed: bool) -> Finding:
    return Finding("never", None, "error", passed, 1, int(not passed), None, None, None)


def test_the_verdict_that_was_given_last_holds(data, set_clock, tomorrow):
    with connect(data.warehouse) as connection:
        for days, passed in ((0, False), (-2, True)):
            set_clock(tomorrow + timedelta(days=days))
            remember(
                connection,
                "marts",
                {"model.things": NODE},
                {("model.things", "1"): [finding(passed=passed)]},
                {"model.things": f"suite {days}"},
                run_id="a run",
                checked_at=clock.moment(connection),
            )
        verdicts = connection.execute(
            "select suite, passed from ops.gate_verdicts"
        ).fetchall()
    assert verdicts == [("suite -2", True)]


def test_the_last_decision_of_a_steward_is_the_later_one(data, set_clock, tomorrow):
    pair = ("crm:contact:1", "shop:customer:2")
    set_clock(tomorrow)
    first = decide(data, "must_link", *pair, reason="She called.")
    set_clock(tomorrow - timedelta(days=2))
    last = decide(data, "cannot_link", *pair, reason="It was her sister.")
    assert last.decided_at > first.decided_at


def test_a_rebuilt_warehouse_goes_on_after_what_was_committed(data):
    with connect(data.warehouse) as connection:
        connection.execute("create schema identity")
        connection.execute(
            "create table identity.identity_assignments as select 'a:b' as record_key, "
            "timestamp '2100-01-01' as committed_from, null::timestamp as committed_to"
        )
        save_state(connection, data)
    data.warehouse.unlink()
    with connect(data.warehouse) as connection:
        assert clock.moment(connection).year < 2100
        restore_state(connection, data)
        assert clock.moment(connection) > datetime(2100, 1, 1)


def test_the_doctor_sees_a_clock_that_is_behind(data, set_clock, tomorrow, monkeypatch):
    # Parsing takes long, and tells nothing of clocks.
    monkeypatch.setattr(doctor, "_dbt_project", lambda data: [])

    def of_clock():
        found = doctor.examine(data, PROJECT_ROOT)
        return next(f for f in found if f.what.startswith("Clock"))

    with connect(data.warehouse) as connection:
        clock.moment(connection)
    assert of_clock().ok
    set_clock(tomorrow - timedelta(days=2))
    assert not of_clock().ok
    assert "23:59" in of_clock().what or "1 day" in of_clock().what
