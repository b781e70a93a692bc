"""Identity under proposed rules, beside the one of the warehouse.

Belongs here: reading proposed rules, and building identity under them on the people of
the warehouse, in a warehouse of its own, as far as segments. Does not belong here: the
project that is built (matching/trial.py), telling what is different
(impact_comparison.py), and how a terminal shows it (commands/impact.py).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.identity.impact_comparison import Impact, compare
from orchestration.identity.rules import SEEDS as RULES
from orchestration.identity.rules import RulesError, check_rule_file
from orchestration.matching.trial import lay_out, run_dbt
from orchestration.warehouse import PROJECT_ROOT, DataDir, connect, open_file

_FEEDS = (
    "identifiers",
    "profiles",
    "record_links",
    "device_observations",
    "attributes",
)
# What features read of core beside the feeds; none of it depends on who is who.
_FACTS = ("as_of", "current_profiles", "order_values", "line_values")
_STATE = (
    "identity.record_registry",
    "identity.identity_assignments",
    "identity.identity_ledger",
)
_COPIED = (
    *(f"core.{name}" for name in (*_FEEDS, *_FACTS)),
    *_STATE,
    "identity.identity_map",
    "ops.identity_decisions",
    "ops.rectifications",
    "ops.restrictions",
    "ops.clock",
    "marts.customers",
)
FURTHER_MODELS = (
    "features/customer_order_features.sql",
    "features/golden_record_winners.sql",
    "features/_requests__sources.yml",
    "features/rectified_values.sql",
    "features/golden_record.sql",
    "features/restricted_customers.sql",
    "features/usable_customers.sql",
    "marts/customer/rfm_cut_points.sql",
    "marts/customer/customer_rfm.sql",
)


class ImpactError(ValueError):
    """The impact of rules cannot be told; the message says why and what to do."""


def assess(
    data: DataDir,
    folder: Path,
    *,
    limit: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Impact:
    """Tell what the rules of a folder would change; the warehouse is only read.

    Args:
        data: the data directory.
        folder: seeds of RULES, as CSV; one that is not there stays as it is.
        limit: so many entries of each list at the most.
        progress: told what is being done.

    Raises:
        RulesError: a proposed rule is wrong, or nothing is proposed.
        ImpactError: there is nothing to compare with.
        TrialError: identity cannot be built under these rules.
        WarehouseLockedError: a run writes to the warehouse.
    """
    progress("Checking the rules")
    proposed = proposed_rules(folder)
    with tempfile.TemporaryDirectory(prefix="c360-impact-") as root:
        progress("Reading the warehouse")
        sources = {name: f"select * from given.{name}" for name in (*_FEEDS, *_FACTS)}
        trial = lay_out(Path(root), sources, FURTHER_MODELS)
        is_behind = _copy_from(data.warehouse, trial)
        for path in proposed:
            shutil.copy(path, Path(root, "seeds", path.name))
        progress("Building identity under the proposed rules")
        run_dbt(
            Path(root),
            "build",
            *("--select", "+identity_ledger", "+customer_rfm"),
            *("--exclude-resource-types", "test", "unit_test"),
        )
        progress("Comparing")
        with open_file(trial, read_only=True) as connection:
            return compare(connection, _different(proposed), is_behind, limit)


def proposed_rules(folder: Path) -> list[Path]:
    """Return the seeds of a folder that say who is who, all of them sound.

    Raises:
        RulesError: one is not, or is no seed of this project; or there is none.
    """
    if not folder.is_dir():
        raise RulesError(f"There is no folder {folder}.")
    found = sorted(folder.glob("*.csv"))
    complaints = [
        f"{path} is no seed of this project. Rules of identity are "
        f"{', '.join(f'{name}.csv' for name in RULES)}."
        for path in found
        if not (PROJECT_ROOT / "seeds" / path.name).exists()
    ]
    proposed = [path for path in found if path.stem in RULES]
    for path in proposed:
        complaints += check_rule_file(path, str(path), PROJECT_ROOT)
    if not proposed and not complaints:
        complaints = [
            f"{folder} holds no rules of identity. Copy one of "
            f"{', '.join(f'seeds/{name}.csv' for name in RULES)} there and change it."
        ]
    if complaints:
        raise RulesError("\n".join(complaints))
    return proposed


def _different(proposed: list[Path]) -> list[str]:
    """Return the names of the files that say something else than the project's."""
    seeds = PROJECT_ROOT / "seeds"
    return [
        path.name
        for path in proposed
        if path.read_bytes() != (seeds / path.name).read_bytes()
    ]


def _copy_from(warehouse: Path, trial: Path) -> bool:
    """Copy what identity is built from, and what is known now; tell if it is behind.

    A copy lets go of the warehouse in seconds, so that a run may start meanwhile.
    """
    if not warehouse.exists():
        raise ImpactError(f"There is no warehouse at {warehouse}. Run c360 run first.")
    open_file(warehouse, read_only=True).close()  # or it says why it cannot
    with connect(trial):  # makes the tables of ops
        pass
    current = warehouse.stem  # as the views in it call it
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as {current} (read_only)")
        connection.execute(f"attach '{trial}' as trial")
        there = {
            name
            for (name,) in connection.execute(
                "select table_schema || '.' || table_name "
                "from information_schema.tables where table_catalog = ?",
                [current],
            ).fetchall()
        }
        if missing := [name for name in _COPIED if name not in there]:
            raise ImpactError(
                f"The warehouse has no {', '.join(missing)} yet. Run c360 run first."
            )
        connection.execute("use trial")
        connection.execute(_copy_sql(current))
        return connection.execute(_IS_BEHIND.format(current)).fetchall()[0][0]


def _copy_sql(current: str) -> str:
    given = [
        f"create table given.{name.split('.')[1]} as from {current}.{name}"
        for name in _COPIED
        if name.startswith(("core.", "marts.")) or name == "identity.identity_map"
    ]
    state = [f"create table {name} as from {current}.{name}" for name in _STATE]
    return ";\n".join(
        [
            "create schema given",
            "create schema identity",
            *given,
            *state,
            f"insert into ops.identity_decisions from {current}.ops.identity_decisions",
            "update ops.clock set told_at = "
            f"greatest(told_at, (select told_at from {current}.ops.clock))",
            "create table given.moment as select told_at from ops.clock",
        ]
    )


# Core is built before identity, and who is who committed last.
_IS_BEHIND = """
select count(*) > 0
from {0}.ops.table_builds as feeds
inner join {0}.ops.table_builds as committed
    on committed.table_schema = 'identity'
    and committed.table_name = 'identity_assignments'
    and feeds.version > committed.version
where
    (feeds.table_schema, feeds.table_name) in (
        ('core', 'identifiers'), ('core', 'profiles'), ('core', 'record_links'),
        ('core', 'device_observations'), ('core', 'attributes'),
        ('identity', 'int_identity__assignments_next')
    )
"""
