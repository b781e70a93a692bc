"""What is older than it is kept goes, nothing else, and the access log says what."""

import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration import clock
from orchestration.cli import app
from orchestration.kept.backup import back_up
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
    assert "logs: 1 items would leave after 90 days" in told.output
    assert old.exists()
    done = CliRunner().invoke(app, ["retention"])
    assert done.exit_code == 0, done.output
    assert "logs: 1 items left after 90 days" in done.output
    assert not old.exists()
