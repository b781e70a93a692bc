"""Every way in which the rules of identity can be wrong, each told in a sentence.

Rules are data that people edit (`seeds/`), so a slip is told with its file and line
before a run spends time on it. Belongs here: reading those seeds and finding what is
wrong with them. Does not belong here: what the rules do (models/identity).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import yaml

from orchestration.warehouse import PROJECT_ROOT, DataDir

TYPES = [
    "email",
    "email_sha256",
    "phone",
    "phone_sha256",
    "user_id",
    "anonymous_id",
    "device_id",
    "loyalty_id",
    "social_handle",
    "payment_token",
]
_DEVICES = ("anonymous_id", "device_id")
_GROUPS = [
    "name",
    "birth_date",
    "gender",
    "email",
    "phone",
    "address",
    "work",
    "language",
    "time_zone",
]
_RULES = ("trusted_system", "most_recent", "most_frequent", "longest")

Row = dict[str, str]
Complaints = Iterator[str]


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
    known = _systems(root)
    return [
        complaint
        for name, (columns, key, judge) in _SEEDS.items()
        for complaint in _check_seed(root, name, columns, key, judge, known)
    ]


def _check_seed(
    root: Path,
    name: str,
    columns: str,
    key: tuple[str, ...],
    judge: Callable[[Row, set[str]], Complaints],
    known: set[str],
) -> Complaints:
    path = root / "seeds" / f"{name}.csv"
    where = f"seeds/{name}.csv"
    if not path.exists():
        yield f"{where} is missing: put it back from git."
        return
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


def _identity_rule(row: Row, _known: set[str]) -> Complaints:
    yield from _type(row)
    yield from _whole_numbers(row, "priority")
    limits = ("max_values_per_customer", "max_people_per_value")
    yield from _whole_numbers(
        row, *limits, "window_days", "max_birth_dates_per_value", may_be_empty=True
    )
    yield from _booleans(row, "joins_records", "identifies_person")
    yield from _booleans(row, "is_unique_to_person")
    joins = row["joins_records"]
    if joins == "true" and row["identifier_type"] in _DEVICES:
        yield (
            "devices are shared and handed on, so joins_records must be false; logins "
            "say whose they are."
        )
    if joins == "false" and row["max_values_per_customer"]:
        yield (
            "max_values_per_customer has no effect on a type that does not join "
            "records: leave it empty."
        )
    if row["window_days"] and not row["max_values_per_customer"]:
        yield "window_days needs a max_values_per_customer that holds within it."
    if row["is_unique_to_person"] == "true" and not row["max_values_per_customer"]:
        yield "a type that is unique to a person needs a max_values_per_customer."
    if not row["pattern"]:
        yield "pattern is empty, which no value matches; _% takes any."


def _blocked_identifier(row: Row, _known: set[str]) -> Complaints:
    yield from _type(row)
    pattern = row["pattern"]
    if not pattern.strip("%_ "):
        yield f"the pattern {pattern!r} would block every value of the type."
    if row["identifier_type"].startswith("email") and pattern != pattern.lower():
        yield f"the pattern {pattern!r} never matches: addresses are in small letters."
    yield from _filled(row, "reason")


def _survivorship_rule(row: Row, known: set[str]) -> Complaints:
    if row["attribute_group"] not in _GROUPS:
        yield (
            f"there is no attribute_group {row['attribute_group']!r}; groups are "
            f"{', '.join(_GROUPS)}."
        )
    rules = [row[name] for name in ("first_rule", "second_rule", "third_rule")]
    for rule in rules:
        if rule not in _RULES:
            yield f"there is no rule {rule!r}; rules are {', '.join(_RULES)}."
    if len(set(rules)) < len(rules):
        yield "the same rule is asked twice, which tells nothing new."
    trusted = [system for system in row["trusted_systems"].split("|") if system]
    if "trusted_system" in rules and not trusted:
        yield "trusted_system needs trusted_systems, the most trusted first."
    for system in trusted:
        if system not in known:
            yield (
                f"trusted_systems names {system!r}, which is in no feed of "
                "dbt_project.yml."
            )
    yield from _filled(row, "reason")


def _steward_decision(row: Row, _known: set[str]) -> Complaints:
    if row["decision"] not in ("must_link", "cannot_link"):
        yield f"there is no decision {row['decision']!r}: must_link or cannot_link."
    ends = (row["record_key"], row["other_record_key"])
    for end in ends:
        if not re.fullmatch(r"C\d{10}|[^:]+:[^:]+:.+", end):
            yield f"{end!r} is no record key (system:entity:id) and no customer id."
    if ends[0] == ends[1]:
        yield "a decision is on two records, and this names one twice."
    try:
        datetime.fromisoformat(row["decided_at"])
    except ValueError:
        yield f"decided_at {row['decided_at']!r} is no time; write 2026-01-31 14:00:00."
    yield from _filled(row, "decided_by", "reason")


def _type(row: Row) -> Complaints:
    if row["identifier_type"] not in TYPES:
        yield (
            f"there is no identifier_type {row['identifier_type']!r}; types are "
            f"{', '.join(TYPES)}."
        )


def _whole_numbers(row: Row, *columns: str, may_be_empty: bool = False) -> Complaints:
    for column in columns:
        value = row[column]
        if not (re.fullmatch(r"[1-9]\d*", value) or (may_be_empty and not value)):
            empty = ", or empty" if may_be_empty else ""
            yield f"{column} {value!r} is no whole number from 1 up{empty}."


def _booleans(row: Row, *columns: str) -> Complaints:
    for column in columns:
        if row[column] not in ("true", "false"):
            yield f"{column} {row[column]!r} is neither true nor false."


def _filled(row: Row, *columns: str) -> Complaints:
    for column in columns:
        if not row[column].strip():
            yield f"{column} is empty: say it for those who come after you."


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
        _identity_rule,
    ),
    "blocked_identifiers": (
        "identifier_type pattern reason",
        ("identifier_type", "pattern"),
        _blocked_identifier,
    ),
    "survivorship_rules": (
        "attribute_group first_rule second_rule third_rule trusted_systems reason",
        ("attribute_group",),
        _survivorship_rule,
    ),
    "steward_decisions": (
        "decision record_key other_record_key decided_by decided_at reason",
        ("record_key", "other_record_key", "decided_at"),
        _steward_decision,
    ),
}
