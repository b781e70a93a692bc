"""The Dagster code location: assembles what the other modules define, nothing else."""

from collections.abc import Sequence

import dagster as dg

from orchestration.feeds import require_heard_models
from orchestration.gates.judging import gate_checks
from orchestration.identity.decisions import load_decisions
from orchestration.identity.quality import record_quality
from orchestration.identity.rules import require_sound_rules
from orchestration.ingestion.assets import raw_assets
from orchestration.ingestion.retention_job import retention_job, retention_schedule
from orchestration.kept.state import restore_state, save_ledger, save_state
from orchestration.operation.dead_runs import watched_in_process_executor
from orchestration.privacy.erasure.receipts import load_receipts
from orchestration.privacy.loading import load_access_log, load_requests
from orchestration.project import GATES, LAYERS, Manifest, manifest
from orchestration.releases.asset import release_asset
from orchestration.schedules import daily_schedule, refresh_job
from orchestration.scores.assets import score_assets
from orchestration.sensors import failure_sensor, held_back_sensor, landing_sensor
from orchestration.transform import BuildHook, layer_assets

_BEFORE: dict[str, Sequence[BuildHook]] = {
    "seeds": [require_sound_rules],
    "staging": [save_ledger],
    "identity": [restore_state, load_decisions],
    "features": [record_quality, load_requests],
    "marts": [load_access_log, load_receipts],
}
_AFTER: dict[str, Sequence[BuildHook]] = {
    "features": [save_state],
    "marts": [save_state],
}


def build_defs(project_manifest: Manifest) -> dg.Definitions:
    """Return everything Dagster runs, made from the manifest of the dbt project.

    Raises:
        ValueError: a source or a feed is declared in a way that cannot be run.
    """
    require_heard_models(project_manifest)
    layers = [
        layer_assets(
            project_manifest, layer, _BEFORE.get(layer, []), _AFTER.get(layer, [])
        )
        for layer in LAYERS
    ]
    return dg.Definitions(
        assets=[
            *raw_assets(project_manifest),
            *layers,
            *score_assets(),
            release_asset(project_manifest),
        ],
        asset_checks=[gate_checks(gate, project_manifest) for gate in GATES],
        jobs=[refresh_job, retention_job],
        schedules=[daily_schedule, retention_schedule],
        sensors=[landing_sensor, failure_sensor, held_back_sensor],
        executor=watched_in_process_executor,
    )


defs = build_defs(manifest())
