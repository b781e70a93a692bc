"""Every way in which the rules of identity can be wrong has a sentence of its own."""

import csv
import re
import shutil
from pathlib import Path

import pytest

from orchestration.identity.rule_rows import ATTRIBUTE_GROUPS, IDENTIFIER_TYPES
from orchestration.identity.rules import _SEEDS, check_rules
from orchestration.warehouse import PROJECT_ROOT

BLOCKED = "blocked_identifiers"
DECISIONS = "steward_decisions"
EXCLUSIONS = "exclusion_rules"
MATCHES = "match_rules"
NICKNAMES = "nicknames"
RULES = "identity_rules"
SURVIVORSHIP = "survivorship_rules"
WEIGHTS = "match_weights"

RULE = {
    "identifier_type": "social_handle",
    "priority": "9",
    "joins_records": "true",
    "identifies_person": "false",
    "is_unique_to_person": "false",
    "max_values_per_customer": "3",
    "window_days": "30",
    "max_people_per_value": "",
    "max_birth_dates_per_value": "",
    "pattern": "_%",
}
BLOCK = {"identifier_type": "email", "pattern": "x@%", "reason": "nobody"}
SURVIVOR = {
    "attribute_group": "name",
    "first_rule": "trusted_system",
    "second_rule": "longest",
    "third_rule": "most_recent",
    "trusted_systems": "pos|shopify",
    "reason": "known",
}
DECISION = {
    "decision": "must_link",
    "record_key": "pos:member:1",
    "other_record_key": "C0000000007",
    "decided_by": "ann",
    "decided_at": "2026-01-31 14:00:00",
    "reason": "called",
}

EXCLUSION = {"attribute": "tag", "pattern": "staff%", "reason": "employee"}
NICKNAME = {"given_name": "robert", "nickname": "bob"}
COMPARISON = {
    "part": "compare",
    "name": "given_name",
    "position": "1",
    "level": "same",
    "test": "same",
    "fields": "given_name",
    "weighs_rarity": "true",
    "max_entities": "",
}
WEIGHT = {"comparison": "name", "level": "same", "m": ".9", "u": "1e-3", "weight": "9"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    shutil.copy(PROJECT_ROOT / "dbt_project.yml", tmp_path)
    for name in _SEEDS:
        shutil.copy(PROJECT_ROOT / f"seeds/{name}.csv", tmp_path / "seeds")
    return tmp_path


def write(root: Path, seed: str, *rows: dict[str, str]) -> None:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (root / f"seeds/{seed}.csv").write_text("\n".join(lines) + "\n")


def test_the_rules_of_this_project_are_sound():
    assert check_rules(PROJECT_ROOT) == []


@pytest.mark.parametrize(
    ("seed", "names"), [(RULES, IDENTIFIER_TYPES), (SURVIVORSHIP, ATTRIBUTE_GROUPS)]
)
def test_this_project_has_a_rule_for_each_type_and_group(seed, names):
    with (PROJECT_ROOT / f"seeds/{seed}.csv").open(newline="") as file:
        ruled = [next(iter(row.values())) for row in csv.DictReader(file)]
    assert sorted(ruled) == sorted(names)


def test_the_golden_record_is_made_of_the_groups_that_have_rules():
    macro = (PROJECT_ROOT / "macros/marts/golden_attributes.sql").read_text()
    groups = re.findall(r"'(\w+)': \[", macro)
    # These two are chosen among identifiers, and stand alone.
    assert sorted([*groups, "email", "phone"]) == sorted(ATTRIBUTE_GROUPS)


@pytest.mark.parametrize(
    ("seed", "row"),
    [
        (RULES, RULE),
        (BLOCKED, BLOCK),
        (SURVIVORSHIP, SURVIVOR),
        (DECISIONS, DECISION),
        (EXCLUSIONS, EXCLUSION),
        (NICKNAMES, NICKNAME),
        (MATCHES, COMPARISON),
        (WEIGHTS, WEIGHT),
    ],
)
def test_a_sound_row_is_not_complained_of_and_its_double_is(root, seed, row):
    write(root, seed, row)
    assert check_rules(root) == []
    write(root, seed, row, row)
    (complaint,) = check_rules(root)
    assert complaint.startswith(f"seeds/{seed}.csv, line 3: ")
    assert complaint.endswith("is in line 2 already; keep one.")


@pytest.mark.parametrize(
    ("seed", "row", "told"),
    [
        (RULES, RULE | {"identifier_type": "emial"}, "no identifier_type 'emial'"),
        (RULES, RULE | {"priority": "high"}, "priority 'high' is no whole number"),
        (RULES, RULE | {"priority": ""}, "priority '' is no whole number"),
        (RULES, RULE | {"max_people_per_value": "0"}, "from 1 up, or empty"),
        (RULES, RULE | {"joins_records": "yes"}, "neither true nor false"),
        (RULES, RULE | {"identifier_type": "device_id"}, "devices are shared"),
        (RULES, RULE | {"joins_records": "false"}, "has no effect on a type"),
        (RULES, RULE | {"max_values_per_customer": ""}, "window_days needs a max"),
        (
            RULES,
            RULE
            | {
                "is_unique_to_person": "true",
                "max_values_per_customer": "",
                "window_days": "",
            },
            "unique to a person needs",
        ),
        (RULES, RULE | {"pattern": ""}, "pattern is empty"),
        (BLOCKED, BLOCK | {"identifier_type": "mail"}, "no identifier_type 'mail'"),
        (BLOCKED, BLOCK | {"pattern": "%"}, "would block every value"),
        (BLOCKED, BLOCK | {"pattern": "Info@%"}, "never matches"),
        (BLOCKED, BLOCK | {"reason": ""}, "reason is empty"),
        (SURVIVORSHIP, SURVIVOR | {"attribute_group": "shoe"}, "no attribute_group"),
        (SURVIVORSHIP, SURVIVOR | {"first_rule": "best"}, "no rule 'best'"),
        (SURVIVORSHIP, SURVIVOR | {"third_rule": "longest"}, "asked twice"),
        (SURVIVORSHIP, SURVIVOR | {"trusted_systems": ""}, "needs trusted_systems"),
        (SURVIVORSHIP, SURVIVOR | {"trusted_systems": "sap"}, "names 'sap', which"),
        (SURVIVORSHIP, SURVIVOR | {"reason": " "}, "reason is empty"),
        (DECISIONS, DECISION | {"decision": "merge"}, "no decision 'merge'"),
        (DECISIONS, DECISION | {"record_key": "42"}, "'42' is no record key"),
        (DECISIONS, DECISION | {"record_key": "C0000000007"}, "names one twice"),
        (DECISIONS, DECISION | {"decided_at": "soon"}, "decided_at 'soon' is no time"),
        (DECISIONS, DECISION | {"decided_by": ""}, "decided_by is empty"),
        (DECISIONS, DECISION | {"reason": "a,b"}, "not as many fields"),
        (EXCLUSIONS, EXCLUSION | {"pattern": "%"}, "would leave out everybody"),
        (EXCLUSIONS, EXCLUSION | {"pattern": "Staff"}, "never matches"),
        (EXCLUSIONS, EXCLUSION | {"reason": ""}, "reason is empty"),
        (NICKNAMES, NICKNAME | {"nickname": "Bob"}, "no name in small letters"),
        (MATCHES, COMPARISON | {"part": "compress"}, "no part 'compress'"),
        (MATCHES, COMPARISON | {"part": "block"}, "max_entities '' is no whole number"),
        (MATCHES, COMPARISON | {"weighs_rarity": ""}, "neither true nor false"),
        (MATCHES, COMPARISON | {"test": ""}, "test is empty"),
        (WEIGHTS, WEIGHT | {"m": "much"}, "m 'much' is no number"),
        (WEIGHTS, WEIGHT | {"level": ""}, "level is empty"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_with_its_line(root, seed, row, told):
    write(root, seed, row)
    (complaint,) = check_rules(root)
    assert complaint.startswith(f"seeds/{seed}.csv, line 2")
    assert told in complaint


def test_a_seed_that_is_missing_or_lacks_a_column_is_told(root):
    (root / f"seeds/{BLOCKED}.csv").unlink()
    write(root, SURVIVORSHIP, {"attribute_group": "name"})
    assert check_rules(root) == [
        f"seeds/{BLOCKED}.csv is missing: put it back from git.",
        f"seeds/{SURVIVORSHIP}.csv has no column first_rule, second_rule, third_rule, "
        "trusted_systems, reason.",
    ]
