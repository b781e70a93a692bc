"""When something runs because something happened: a file landed, or a run ended."""

import json
import time
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import dagster as dg

from orchestration.ingestion.cursors import is_fetched
from orchestration.operation.alert_channels import send, targets
from orchestration.operation.alerts import ORIGIN_TAG, TERMINAL, alert_of_run
from orchestration.project import LEDGERS, project_state
from orchestration.schedules import refresh_job
from orchestration.warehouse import DataDir

REST_SECONDS = 5.0
"""A folder whose files were left alone so long is complete, even at its first sight."""

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def landing_state(data: DataDir) -> dict[str, tuple[str, float]]:
    """Return, for each folder `<system>/<table>`, a digest of its files and their age.

    The digest covers names, sizes and change times of complete files that somebody put
    there; the age is that of the newest, in seconds. Fetched files come by a run and
    call for none.
    """
    digests: defaultdict[str, Any] = defaultdict(sha256)
    newest: dict[str, float] = {}
    for path in sorted(data.landing.glob("*/*/*")):
        if path.name.startswith(".") or path.suffix == ".tmp" or is_fetched(path.name):
            continue
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file():
            table = f"{path.parent.parent.name}/{path.parent.name}"
            seen = f"{path.name}|{stat.st_size}|{stat.st_ctime_ns}\n"
            digests[table].update(seen.encode(errors="replace"))
            newest[table] = max(newest.get(table, 0.0), stat.st_ctime)
    now = time.time()
    return {t: (d.hexdigest()[:16], now - newest[t]) for t, d in digests.items()}


def reached_by(
    repository: dg.RepositoryDefinition, tables: Iterable[str]
) -> list[dg.AssetKey]:
    """Return the raw assets of some tables, all that hangs on them, and its seeds.

    To that belongs what tells of the pipeline itself: every run writes its ledgers.
    """
    assets = repository.asset_graph
    keys = [dg.AssetKey(table.split("/")) for table in tables]
    known = [key for key in keys if key in assets.get_all_asset_keys()]
    if not known:
        return []
    ledgers = [key for key in assets.get_all_asset_keys() if key.path[0] in LEDGERS]
    told = dg.AssetSelection.assets(*ledgers).downstream(include_self=False)
    reached = dg.AssetSelection.assets(*known).downstream() | told
    seeds = dg.AssetSelection.groups("seeds") & reached.upstream(depth=1)
    return sorted((reached | seeds).resolve(assets))


@dg.sensor(
    name="landing_files",
    job=refresh_job,
    minimum_interval_seconds=10,
    description=(
        "Watches the landing folder and brings up to date what its new files reach, "
        "once they rest. Off until somebody switches it on."
    ),
    default_status=dg.DefaultSensorStatus.STOPPED,
)
def landing_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.RunRequest | dg.SkipReason:
    """Request one run for all tables whose folders changed and have come to rest.

    The cursor holds, by table, the state that was seen at the last tick and the one
    that was run. What lands during a run waits for its end, and then is one run. The
    first run is of everything, and so is the first after the dbt project changed: what
    a file reaches may read tables that are not there yet.
    """
    seen, ran, project = _read_cursor(context.cursor)
    now_project = project_state()
    now = landing_state(DataDir.from_env())
    changed = {t: s for t, (s, _) in now.items() if s != ran.get(t)}
    rested = {
        table
        for table, state in changed.items()
        if state == seen.get(table) or now[table][1] > REST_SECONDS
    }
    seen = {table: state for table, (state, _) in now.items()}
    context.update_cursor(json.dumps([seen, ran, project]))
    if not changed:
        return dg.SkipReason("No file has landed since the last run.")
    if not rested:
        return dg.SkipReason("Files are landing; waiting until they rest.")
    if context.instance.get_runs(
        dg.RunsFilter(job_name=refresh_job.name, statuses=_UNDER_WAY), limit=1
    ):
        return dg.SkipReason("A run is under way; what landed waits for its end.")
    ran |= {table: changed[table] for table in rested}
    context.update_cursor(json.dumps([seen, ran, now_project]))
    assert context.repository_def, "the sensor is evaluated outside of Dagster"
    selection = reached_by(context.repository_def, rested)
    if not selection:
        return dg.SkipReason(f"No source declares {', '.join(sorted(rested))}.")
    return dg.RunRequest(
        run_key=sha256(
            json.dumps([now_project, sorted(ran.items())]).encode()
        ).hexdigest(),
        asset_selection=selection if project == now_project else None,
        tags={"c360/landed": ", ".join(sorted(rested))[:200]},
    )


def _read_cursor(
    cursor: str | None,
) -> tuple[dict[str, str], dict[str, str], str | None]:
    try:
        seen, ran, project = json.loads(cursor or "")
    except ValueError:
        return {}, {}, None
    return seen, ran, project


def _tell(context: dg.RunStatusSensorContext, *, success: bool) -> dg.SkipReason | None:
    run = context.dagster_run
    if run.tags.get(ORIGIN_TAG) == TERMINAL:
        return dg.SkipReason("c360 run tells its own alerts.")
    if not targets():
        return dg.SkipReason("No C360_ALERT_WEBHOOK or C360_ALERT_EMAIL is set.")
    for failure in send(alert_of_run(context.instance, run.run_id, success=success)):
        context.log.error(failure)
    return None


@dg.run_failure_sensor(
    name="alert_of_failed_runs",
    description="Tells whoever is on duty that a run failed or a gate is closed.",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=10,
)
def failure_sensor(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Alert once for every run that failed, crashed or ran out of time."""
    return _tell(context, success=False)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="alert_of_held_back_data",
    description="Tells whoever is on duty what a run that published left out.",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=10,
)
def held_back_sensor(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    """Alert if a batch waits, or if a source could not be read."""
    return _tell(context, success=True)
