"""Freshness in Dagster: a check on every raw table that warns when it has gone quiet.

Not a `FreshnessPolicy`: that counts from the last materialisation, and a raw table is
materialised by every run, whether or not there was a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from orchestration.gates.freshness import Freshness, declared_hours, in_words

FRESH = "fresh"
"""Name of the check, and what stands for a version where its findings are kept."""


def freshness_check(source: Mapping[str, Any], key: dg.AssetKey) -> dg.AssetCheckSpec:
    """Return the check of a raw table, which is evaluated with the raw gate."""
    hours = declared_hours(source)
    allowed = (
        f"{in_words(timedelta(hours=hours))} of silence, by its YAML"
        if hours
        else "learnt from its own rhythm"
    )
    return dg.AssetCheckSpec(
        FRESH,
        asset=key,
        description=f"Warns when no file came for too long: {allowed}.",
    )


def freshness_result(found: Freshness, key: dg.AssetKey) -> dg.AssetCheckResult:
    """Return how a raw table stands as the result of its Dagster check."""
    metadata: dict[str, Any] = {
        "policy": found.policy,
        "last_file": found.last_file or "none",
    }
    if found.last_file_at:
        metadata["last_file_at"] = _timestamp(found.last_file_at)
    if found.last_event_at:
        metadata["last_event_at"] = _timestamp(found.last_event_at)
    if found.stale_at:
        metadata["stale_at"] = _timestamp(found.stale_at)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=FRESH,
        passed=not found.is_stale,
        severity=dg.AssetCheckSeverity.WARN,
        description=found.sentence,
        metadata=metadata,
    )


def _timestamp(moment: datetime) -> dg.TimestampMetadataValue:
    return dg.MetadataValue.timestamp(moment.replace(tzinfo=UTC))
