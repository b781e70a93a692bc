"""What can be wrong with a row of a seed of rules, in the words of whoever mends it.

Belongs here: a judge for each seed, which says what is wrong with one row. Does not
belong here: finding the rows, their files and lines (rules.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

IDENTIFIER_TYPES = [
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
ATTRIBUTE_GROUPS = [
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


def identity_rule(row: Row, _known: set[str]) -> Complaints:
    """Tell what is wrong with an identifier type and what it may do."""
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


def blocked_identifier(row: Row, _known: set[str]) -> Complaints:
    """Tell what is wrong with a value that identifies nobody."""
    yield from _type(row)
    pattern = row["pattern"]
    if not pattern.strip("%_ "):
        yield f"the pattern {pattern!r} would block every value of the type."
    if row["identifier_type"].startswith("email") and pattern != pattern.lower():
        yield f"the pattern {pattern!r} never matches: addresses are in small letters."
    yield from _filled(row, "reason")


def survivorship_rule(row: Row, known: set[str]) -> Complaints:
    """Tell what is wrong with an attribute and which of its values survives."""
    if row["attribute_group"] not in ATTRIBUTE_GROUPS:
        yield (
            f"there is no attribute_group {row['attribute_group']!r}; groups are "
            f"{', '.join(ATTRIBUTE_GROUPS)}."
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


def steward_decision(row: Row, _known: set[str]) -> Complaints:
    """Tell what is wrong with what a steward decided on two."""
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


def exclusion_rule(row: Row, _known: set[str]) -> Complaints:
    """Tell what is wrong with who is no customer."""
    pattern = row["pattern"]
    if not pattern.strip("%_ "):
        yield f"the pattern {pattern!r} would leave out everybody."
    if pattern != pattern.lower():
        yield f"the pattern {pattern!r} never matches: values are in small letters."
    yield from _filled(row, "attribute", "reason")


def nickname(row: Row, _known: set[str]) -> Complaints:
    """Tell what is wrong with a name and its short form."""
    for column in ("given_name", "nickname"):
        name = row[column]
        if not name.strip() or name != name.lower():
            yield f"{column} {name!r} is no name in small letters."


def match_rule(row: Row, _known: set[str]) -> Complaints:
    """Tell what is wrong with how entities are compared."""
    yield from _whole_numbers(row, "position")
    yield from _filled(row, "name", "fields")
    if row["part"] == "block":
        yield from _whole_numbers(row, "max_entities")
    elif row["part"] == "compare":
        yield from _booleans(row, "weighs_rarity")
        yield from _filled(row, "level", "test")
    else:
        yield f"there is no part {row['part']!r}: block or compare."


def match_weight(row: Row, _known: set[str]) -> Complaints:
    """Tell what is wrong with what a comparison is worth."""
    yield from _filled(row, "comparison", "level")
    is_setting = row["comparison"] == "setting"
    for column in ("weight",) if is_setting else ("m", "u", "weight"):
        try:
            float(row[column])
        except ValueError:
            yield f"{column} {row[column]!r} is no number; c360 identity train says it."


def _type(row: Row) -> Complaints:
    if row["identifier_type"] not in IDENTIFIER_TYPES:
        yield (
            f"there is no identifier_type {row['identifier_type']!r}; types are "
            f"{', '.join(IDENTIFIER_TYPES)}."
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
