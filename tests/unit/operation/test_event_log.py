"""The event log that keeps its files open must tell what Dagster's own would."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.operation.event_log import KeptSqliteEventLogStorage
from orchestration.operation.instance import dagster_instance
from orchestration.warehouse import DataDir


@dg.asset(check_specs=[dg.AssetCheckSpec("is_one", asset="number")])
def number():
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


def test_a_run_reads_the_same_through_dagsters_own_event_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    with dagster_instance(DataDir(tmp_path)) as instance:
        kept = instance.event_log_storage
        assert isinstance(kept, KeptSqliteEventLogStorage)
        runs = [dg.materialize([number], instance=instance).run_id for _ in range(12)]
        told = [kept.get_logs_for_run(run_id) for run_id in runs]
        latest = kept.get_latest_materialization_events([dg.AssetKey("number")])
    theirs = SqliteEventLogStorage(str(tmp_path / "dagster/history/runs"))
    assert [theirs.get_logs_for_run(run_id) for run_id in runs] == told
    assert theirs.get_latest_materialization_events([dg.AssetKey("number")]) == latest
    assert latest[dg.AssetKey("number")].run_id == runs[-1]


def test_few_files_stay_open_and_none_after_disposal(tmp_path: Path):
    storage = KeptSqliteEventLogStorage(str(tmp_path))
    for number in range(20):
        with storage.run_connection(f"run{number}"):
            pass
    assert len(storage._engines) == 8
    storage.dispose()
    assert not storage._engines
    assert not list(tmp_path.glob("*-wal"))
