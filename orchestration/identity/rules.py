"""Every way in which the rules of identity can be wrong, each told in a sentence.

Rules are data that people edit (`seeds/`), so a slip is told with its file and line
before a run spends time on it. Belongs here: reading those seeds and finding what is
wrong with them. Does not belong here: what the rules do (models/identity).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import yaml

from orchestration.identity import rule_rows as rows
from orchestration.identity.rule_rows import Complaints, Row
from orchestration.warehouse import PROJECT_ROOT, DataDir


class RulesError(ValueError):
    """Rules of identity are wrong; the message says where and how."""


def require_sound_rules(
    _connection: duckdb.DuckDBPyConnection | None = None, _data: DataDir | None = None
) -> None:
    """Refuse to go on with rules that are wrong; the arguments are those of a hook.

    Raises:
        RulesError: with all that is wrong, a sentence a line.
    """
    complaints = check_rules(PROJECT_ROOT)
    if complaints:
        raise RulesError("\n".join(complaints))


def check_rules(root: Path) -> list[str]:
    """Return a sentence for each thing that is wrong with the rules of a project."""
    complaints: list[str] = []
    for name in _SEEDS:
        where = f"seeds/{name}.csv"
        if (root / where).exists():
            complaints += check_rule_file(root / where, where, root)
        else:
            complaints.append(f"{where} is missing: put it back from git.")
    return complaints


def check_rule_file(path: Path, where: str, root: Path) -> list[str]:
    """Return a sentence for each thing that is wrong with a seed of rules.

    Args:
        path: the file, called as the seed is that it is or would be.
        where: what complaints call it.
        root: of the dbt project, which says which systems there are.
    """
    columns, key, judge = _SEEDS[path.stem]
    return list(_check_rows(path, where, columns, key, judge, _systems(root)))


def _check_rows(
    path: Path,
    where: str,
    columns: str,
    key: tuple[str, ...],
    judge: Callable[[Row, set[str]], Complaints],
    known: set[str],
) -> Complaints:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        found = reader.fieldnames or []
        if missing := [column for column in columns.split() if column not in found]:
            yield f"{where} has no column {', '.join(missing)}."
            return
        seen: dict[tuple[str, ...], int] = {}
        for row in reader:
            line = f"{where}, line {reader.line_num}"
            if None in row or None in row.values():
                yield f"{line} has not as many fields as the header: quote commas."
                continue
            for complaint in judge(row, known):
                yield f"{line}: {complaint}"
            value = tuple(row[column] for column in key)
            if value in seen:
                told = ", ".join(f"{c} {v!r}" for c, v in zip(key, value, strict=True))
                yield f"{line}: {told} is in line {seen[value]} already; keep one."
            seen.setdefault(value, reader.line_num)


def _systems(root: Path) -> set[str]:
    project = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    feeds = project["vars"]["feeds"].values()
    return {system for systems in feeds for system in systems}


_SEEDS: dict[
    str, tuple[str, tuple[str, ...], Callable[[Row, set[str]], Complaints]]
] = {
    "identity_rules": (
        "identifier_type priority joins_records identifies_person is_unique_to_person "
        "max_values_per_customer window_days max_people_per_value "
        "max_birth_dates_per_value pattern",
        ("identifier_type",),
        rows.identity_rule,
    ),
    "blocked_identifiers": (
        "identifier_type pattern reason",
        ("identifier_type", "pattern"),
        rows.blocked_identifier,
    ),
    "survivorship_rules": (
        "attribute_group first_rule second_rule third_rule trusted_systems reason",
        ("attribute_group",),
        rows.survivorship_rule,
    ),
    "steward_decisions": (
        "decision record_key other_record_key decided_by decided_at reason",
        ("record_key", "other_record_key", "decided_at"),
        rows.steward_decision,
    ),
    "exclusion_rules": (
        "attribute pattern reason",
        ("attribute", "pattern"),
        rows.exclusion_rule,
    ),
    "nicknames": ("given_name nickname", ("given_name", "nickname"), rows.nickname),
    "match_rules": (
        "part name position level test fields weighs_rarity max_entities",
        ("part", "name", "position"),
        rows.match_rule,
    ),
    "match_weights": (
        "comparison level m u weight",
        ("comparison", "level"),
        rows.match_weight,
    ),
}

SEEDS = tuple(_SEEDS)
"""The seeds that say who is who, and what is known of them."""
