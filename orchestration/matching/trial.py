"""The whole identity chain on a table of people, in a warehouse of its own.

Belongs here: laying out a dbt project of nothing but identity, and running it. Does not
belong here: how the table is read (person_table.py), and how good the result is
(evaluation.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from orchestration.dbt.runner import pass_on_interrupt
from orchestration.matching.person_table import (
    ColumnMap,
    empty_feed_sql,
    identifiers_sql,
    profiles_sql,
)
from orchestration.project import target_path
from orchestration.warehouse import PROJECT_ROOT

_OTHER_FEEDS = ("record_links", "device_observations", "attributes")

SEEDS = (
    "identity_rules",
    "blocked_identifiers",
    "exclusion_rules",
    "nicknames",
    "steward_decisions",
    "match_rules",
    "match_weights",
)

_PROJECT = {
    "name": "customer360",
    "profile": "trial",
    "macro-paths": ["macros"],
    "seed-paths": ["seeds"],
    "model-paths": ["models"],
    "flags": {"send_anonymous_usage_stats": False},
    "on-run-start": ["{{ ensure_ops() }}", "{{ ensure_changes() }}"],
    "models": {
        "customer360": {
            "+post-hook": "{{ record_build() }}",
            "core": {"+schema": "core", "+materialized": "view"},
            "identity": {"+schema": "identity", "+materialized": "table"},
            "features": {"+schema": "features", "+materialized": "table"},
            "marts": {"+schema": "marts", "+materialized": "table"},
        }
    },
    "seeds": {
        "customer360": {"+schema": "seeds", "+post-hook": "{{ record_build() }}"}
    },
}


class TrialError(ValueError):
    """The identity chain failed on a table; the message is dbt's own."""


def lay_out(
    folder: Path, feeds: Mapping[str, str], further_models: Iterable[str] = ()
) -> Path:
    """Write a dbt project with our identity models on feeds of one's own.

    Args:
        folder: where; the profile is in it as well.
        feeds: the SQL of every core model that the models read, by name.
        further_models: files under models/ that it has beside those of identity.

    Returns:
        The warehouse that it will build: a DuckDB file.
    """
    for part in ("macros", "seeds", "models/identity"):
        shutil.copytree(PROJECT_ROOT / part, folder / part)
    warehouse = folder / "warehouse.duckdb"
    output = {
        "type": "duckdb",
        "path": str(warehouse),
        "threads": 1,
        "settings": {
            "TimeZone": "UTC",
            "threads": 2,
            "checkpoint_threshold": "512MB",
        },
        "plugins": [{"module": "orchestration.dbt.plugin"}],
    }
    profile = {"trial": {"target": "trial", "outputs": {"trial": output}}}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(_PROJECT))
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
    (folder / "models/core").mkdir()
    for feed, sql in feeds.items():
        (folder / f"models/core/core__{feed}.sql").write_text(sql)
    for model in further_models:
        (folder / "models" / model).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT_ROOT / "models" / model, folder / "models" / model)
    return warehouse


def build_identity(
    records: Path,
    names: ColumnMap,
    folder: Path,
    last_model: str = "int_identity__assignments_next",
) -> Path:
    """Run identity on the records of a file, by default up to the proposed customers.

    Args:
        records: CSV or parquet, a row per record.
        names: which column is what.
        folder: an empty folder for the project and its warehouse.
        last_model: which is built, with all that it reads.

    Returns:
        The warehouse: a DuckDB file with the schema `identity`.

    Raises:
        TrialError: a model cannot be built.
    """
    feeds = {
        "profiles": profiles_sql(records, names),
        "identifiers": identifiers_sql(records, names),
    } | {feed: empty_feed_sql(feed) for feed in _OTHER_FEEDS}
    warehouse = lay_out(folder, feeds)
    run_dbt(folder, "seed", "--select", *SEEDS)
    run_dbt(folder, "run", "--select", f"+{last_model}")
    return warehouse


def run_dbt(folder: Path, *command: str) -> None:
    """Run dbt on a project that was laid out, and let go of its warehouse.

    Raises:
        TrialError: it fails, in dbt's own words.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from orchestration.dbt.economy import lean_dbt

    errors: list[str] = []

    def listen(event: Any) -> None:
        if event.info.level == "error" and event.info.msg.strip():
            errors.append(event.info.msg.strip())

    where = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    quiet = ["--quiet", "--log-level", "none", "--no-write-json"]
    try:
        with lean_dbt(target_path()):
            outcome = dbtRunner(callbacks=[listen]).invoke([*command, *where, *quiet])
    finally:
        DuckDBConnectionManager.close_all_connections()
    pass_on_interrupt(outcome)
    if outcome.success:
        return
    for failed in getattr(outcome.result, "results", ()):
        if failed.status == "error":
            raise TrialError(
                f"Identity cannot be built. {in_a_sentence(failed.message)}"
            )
    raise TrialError("\n".join(errors) or str(outcome.exception))


def in_a_sentence(message: str) -> str:
    """Return what went wrong in a model, without the places that dbt went through."""
    _where, *said = [line.strip() for line in message.splitlines()]
    what = [line for line in said if line and not line.startswith("> ")]
    return " ".join(what) or message
