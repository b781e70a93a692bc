"""When the pipeline runs because something happened: a file landed."""

import hashlib

import dagster as dg

from orchestration.schedules import refresh_job
from orchestration.warehouse import DataDir


def landing_state(data: DataDir) -> str:
    """Return a digest of the names, sizes and times of all complete landing files.

    Empty when there is no such file.
    """
    digest = hashlib.sha256()
    found = False
    for path in sorted(data.landing.glob("*/*/*")):
        if path.name.startswith(".") or path.suffix == ".tmp" or not path.is_file():
            continue
        found = True
        stat = path.stat()
        digest.update(
            f"{path.relative_to(data.landing)}|{stat.st_size}|{stat.st_mtime_ns}\n".encode()
        )
    return digest.hexdigest() if found else ""


@dg.sensor(
    name="landing_files",
    job=refresh_job,
    minimum_interval_seconds=30,
    description=(
        "Watches the landing folder and starts a refresh when its files changed and "
        "have been still for one tick. Off until somebody switches it on."
    ),
    default_status=dg.DefaultSensorStatus.STOPPED,
)
def landing_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.RunRequest | dg.SkipReason:
    """Request a run once per settled state of the landing folder.

    The cursor holds the state seen at the last tick and the last state that was run, so
    that files still being copied are left until they rest.
    """
    seen, _, ran = (context.cursor or "|").partition("|")
    now = landing_state(DataDir.from_env())
    if now == ran:
        return dg.SkipReason("No file has landed since the last run.")
    if now != seen:
        context.update_cursor(f"{now}|{ran}")
        return dg.SkipReason("Files are landing; waiting until they rest.")
    context.update_cursor(f"{now}|{now}")
    return dg.RunRequest(run_key=now)
