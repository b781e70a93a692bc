"""What is older than it is kept goes, nothing else, and the access log says what."""

import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import clock
from orchestration.cli import app
from orchestration.kept.backup import back_up
from orchestration.kept.state import restore_state, save_state
from orchestration.privacy import access_log, rectifications, restrictions
from orchestration.privacy.ages import (
    PLACES,
    Aged,
    RetentionError,
    declared_limits,
    remove_aged,
)
from orchestration.warehouse import DataDir, connect

NOW = datetime(2026, 7, 1)
DAYS = 30
LIMITS = dict.fromkeys(PLACES, DAYS)


def put(path: Path, *, days_old: int = 0, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    moment = (NOW - timedelta(days=days_old) - datetime(1970, 1, 1)).total_seconds()
    os.utime(path, (moment, moment))
    return path


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "machine_time", lambda: moment)


def remove(data: DataDir, place: str, **options: bool) -> int:
    gone = remove_aged(data, {place: DAYS}, NOW, **options)
    return sum(aged.items for aged in gone)


@pytest.mark.parametrize(
    ("place", "old", "young"),
    [
        ("archive", "archive/s/t/2026-05-31.csv", "archive/s/t/2026-06-01.csv"),
        ("reports", "reports/a/raw.html", "reports/b/raw.html"),
        ("logs", "logs/dbt.log.1", "logs/dbt.log"),
    ],
)
def test_old_files_go_and_young_ones_stay(
    data: DataDir, place: str, old: str, young: str
) -> None:
    gone = put(data.root / old, days_old=DAYS + 1)
    stays = put(data.root / young, days_old=DAYS - 1)

    assert remove(data, place, dry_run=True) == 1
    assert gone.exists()
    assert remove(data, place) == 1
    assert (gone.exists(), stays.exists()) == (False, True)
    assert remove(data, place) == 0


def test_the_release_that_readers_see_stays_however_old(data: DataDir) -> None:
    releases = data.published / "releases"
    for name, day in (("run1", 1), ("run2", 2)):
        said = {"run_id": name, "published_at": f"2026-01-0{day}T00:00:00"}
        put(releases / name / "manifest.json", text=json.dumps(said))
    (data.published / "current").symlink_to("releases/run2")

    assert remove(data, "releases") == 1
    assert [path.name for path in releases.iterdir()] == ["run2"]


def test_backups_of_this_data_alone_go(data: DataDir, tmp_path_factory) -> None:
    put(data.landing / "s/t/2026-06-01.csv")
    folder = tmp_path_factory.mktemp("backups")
    made = back_up(data, folder).path
    theirs = put(folder / "c360-20200101T000000Z/manifest.json", text="{}")

    later = datetime.now() + timedelta(days=DAYS + 2)
    gone = remove_aged(data, {"backups": DAYS}, later)

    assert [aged.items for aged in gone] == [1]
    assert not made.exists()
    assert theirs.exists()


def test_requests_go_once_they_stand_no_more(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOW - timedelta(days=DAYS + 1))
    restrictions.restrict(data, ["C1", "C2"])
    restrictions.unrestrict(data, ["C1"])
    undone, _ = rectifications.rectify(
        data, [("C1", "city", "Leeds"), ("C1", "street", "Elm Row")]
    )
    rectifications.undo(data, undone)

    assert remove(data, "requests", dry_run=True) == 4
    assert remove(data, "requests") == 4
    assert [made.customer_id for made in restrictions.restrictions(data)] == ["C2"]
    assert [made.value for made in rectifications.rectifications(data)] == ["Elm Row"]
    assert b"Leeds" not in rectifications.journal(data).path.read_bytes()


def test_the_access_log_forgets_and_is_proven_still(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOW - timedelta(days=DAYS + 1))
    access_log.append(data, "profile.view", subject="C1")
    before = access_log.append(data, "profile.view", subject="C2")
    at(monkeypatch, NOW)
    before = access_log.append(data, "profile.view", subject="C3")

    assert remove(data, "access_log") == 2
    assert access_log.verify(data) is None
    left = list(access_log.entries(data))
    assert [(e["number"], e["action"], e["subject"]) for e in left] == [
        (1, "profile.view", "C3"),
        (2, "log.forget", None),
        (3, "retention.remove", None),
    ]
    assert left[1]["details"] == {"sha256_before": before.sha256}
    assert left[2]["details"] == {"access_log": 2}


def test_runs_of_dagster_go_with_their_events(data: DataDir) -> None:
    import dagster as dg

    from orchestration.operation.instance import dagster_instance

    with dagster_instance(data) as instance:
        dg.job(name="work")(lambda: None).execute_in_process(instance=instance)
    later = datetime.fromtimestamp(time.time()) + timedelta(days=DAYS + 2)

    assert remove_aged(data, {"runs": DAYS}, later) == [Aged("runs", DAYS, 1)]
    with dagster_instance(data) as instance:
        assert instance.get_runs_count() == 0


HELD = """
create schema marts;
create table marts.customer_history as from (values
    ('C1', 'old', timestamp '2026-05-01'), ('C1', 'young', timestamp '2026-06-20'),
    ('C1', 'now', null)
) as versions (customer_id, says, committed_to);
create table marts.segment_history as from (values
    ('S1', 'old', timestamp '2026-05-01'), ('S1', 'now', null)
) as members (segment_id, says, member_until);
insert into ops.table_builds by name
select
    'marts' as layer, 'marts' as table_schema, 'orders' as table_name, 7 as version,
    'r' as run_id, timestamp '2026-05-01' as built_at;
insert into ops.batches values
    ('B1', 's', 't', 'waiting', 1, 1, 1, 0, timestamp '2026-05-01', null, null, null),
    ('B2', 's', 't', 'accepted', 1, 1, 1, 0, timestamp '2026-05-01', null, null, null);
insert into ops.gate_results by name
select
    layer, 'marts' as table_schema, 'orders' as table_name, version, true as passed,
    says as expectation, 'error' as severity, checked_at
from (values
    ('marts', '6', 'old', timestamp '2026-05-01'),
    ('marts', '7', 'now', timestamp '2026-05-01'),
    ('raw', 'B1', 'waits', timestamp '2026-05-01'),
    ('raw', 'B2', 'old', timestamp '2026-05-01'),
    ('marts', '8', 'young', timestamp '2026-06-20')
) as found (layer, version, says, checked_at);
insert into ops.score_models values
    ('churn', 'm', 'v2', timestamp '2026-05-01', 'x', '{}');
insert into ops.model_performance
select
    'churn', 'm', version, measured_at, measured_at, 't', 'brier', 1, 0, 'b', 0, true,
    true, measured_at
from (values
    ('v1', timestamp '2026-05-01'), ('v2', timestamp '2026-05-01'),
    ('v3', timestamp '2026-06-20')
) as measured (version, measured_at);
"""


@pytest.mark.parametrize(
    ("place", "says", "stay"),
    [
        ("customer_history", "marts.customer_history", ["now", "young"]),
        ("segment_history", "marts.segment_history", ["now"]),
        ("gate_results", "ops.gate_results", ["now", "waits", "young"]),
        ("model_performance", "ops.model_performance", ["v2", "v3"]),
    ],
)
def test_what_holds_no_more_goes_from_the_warehouse_and_its_mirror(
    data: DataDir, place: str, says: str, stay: list[str]
) -> None:
    column = {
        "ops.gate_results": "expectation",
        "ops.model_performance": "model_version",
    }
    query = f"select {column.get(says, 'says')} as says from {says} order by says"
    with connect(data.warehouse) as connection:
        connection.execute(HELD)
        before = len(connection.execute(query).fetchall())
        save_state(connection, data)

    assert remove(data, place, dry_run=True) == before - len(stay)
    assert remove(data, place) == before - len(stay)
    assert remove(data, place) == 0
    with connect(data.warehouse) as connection:
        assert connection.execute(query).fetchall() == [(name,) for name in stay]
        # Neither brings back what the other lost.
        assert restore_state(connection, data) == []
        assert save_state(connection, data) == []
        assert connection.execute(query).fetchall() == [(name,) for name in stay]


def test_exports_are_kept_while_anybody_is_at_the_destination(data: DataDir) -> None:
    columns = "'add' as operation, 'C1' as customer_id, '' as digest, '' as email_key"
    for name, limit in (("somebody", 1), ("nobody", 0), ("nobody_lately", 0)):
        path = data.exports / "google" / name / "sent.parquet"
        put(path, days_old=DAYS + 1)
        duckdb.sql(
            f"select {columns}, '' as phone_key, '' as rest limit {limit}"
        ).write_parquet(str(path))
        young = NOW - timedelta(days=1 if name == "nobody_lately" else DAYS + 1)
        seconds = (young - datetime(1970, 1, 1)).total_seconds()
        os.utime(path, (seconds, seconds))

    assert remove(data, "exports", dry_run=True) == 1
    assert remove(data, "exports") == 1
    left = sorted(path.name for path in (data.exports / "google").iterdir())
    assert left == ["nobody_lately", "somebody"]


def test_nothing_is_there_and_nothing_goes(data: DataDir) -> None:
    assert remove_aged(data, LIMITS, NOW) == []
    assert not access_log.log_path(data).exists()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("cellar: 3", r"names 'cellar'; there are archive, backups"),
        ("logs: 0", r"of logs is 0; it must be a whole number"),
        ("logs: yes", r"of logs is True; it must be"),
    ],
)
def test_a_limit_that_cannot_be_kept_is_told(
    tmp_path: Path, said: str, message: str
) -> None:
    (tmp_path / "dbt_project.yml").write_text(f"vars:\n  retention_days:\n    {said}\n")

    with pytest.raises(RetentionError, match=message):
        declared_limits(tmp_path)


def test_the_command_tells_what_would_go_and_then_removes_it(data: DataDir) -> None:
    old = put(data.root / "logs/old.log", days_old=5000)
    with connect(data.warehouse):
        pass

    told = CliRunner().invoke(app, ["retention", "--dry-run"])
    assert "logs: 1 item would leave after 90 days" in told.output
    assert old.exists()
    done = CliRunner().invoke(app, ["retention"])
    assert done.exit_code == 0, done.output
    assert "logs: 1 item left after 90 days" in done.output
    assert not old.exists()
