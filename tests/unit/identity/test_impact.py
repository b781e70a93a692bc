"""What `c360 identity impact` says, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.identity.impact import proposed_rules
from orchestration.identity.impact_comparison import Impact
from orchestration.identity.rules import RulesError
from orchestration.warehouse import PROJECT_ROOT, connect

FIGURES = {
    "customers_before": 3,
    "customers_after": 2,
    "with_other_revenue": 1,
    "with_other_segment": 1,
    "revenue_before": 60.0,
    "revenue_after": 60.0,
    "revenue_that_moves": 20.0,
    "merged_ids": 1,
    "split_ids": 0,
    "moved_records": 2,
    "newly_left_out": 0,
    "let_in_again": 0,
}
MERGED = {
    "change": "merged",
    "old_customer_id": "C0000000002",
    "old_name": "Bob",
    "new_customer_id": "C0000000001",
    "new_name": "Ann",
    "record_count": 2,
    "revenue": 20.0,
    "evidence": "phone",
    "evidence_value": "+15550100200",
    "record_key": "crm:c:2",
    "other_record_key": "crm:c:1",
    "rejection_reason": None,
}
VALUE = {
    "customer_id": "C0000000001",
    "display_name": "Ann",
    "revenue_before": 40.0,
    "revenue_after": 60.0,
    "orders_before": 1,
    "orders_after": 3,
    "segment_before": "new",
    "segment_after": "loyal",
}
GONE = VALUE | {
    "customer_id": "C0000000002",
    "revenue_after": None,
    "orders_after": None,
    "segment_before": None,
    "segment_after": None,
}
FOUND = Impact(
    rules=["identity_rules.csv"],
    is_behind=True,
    figures=FIGURES,
    attributes={"phone": 1},
    segments=[{"segment_before": "new", "segment_after": "loyal", "customers": 1}],
    changes=[MERGED],
    customers=[VALUE, GONE],
)


def asked(*args: str):
    return CliRunner().invoke(app, ["identity", "impact", "--rules", *args])


@pytest.fixture
def told(monkeypatch):
    """Return what is printed of an impact, in one line."""

    def tell(found: Impact, *args: str) -> str:
        monkeypatch.setattr(
            "orchestration.identity.impact.assess", lambda *_, **__: found
        )
        result = asked("rules", *args)
        assert result.exit_code == 0, result.output
        return " ".join(result.stdout.split())

    return tell


def test_figures_and_lists_are_told(told):
    text = told(FOUND)
    assert "With identity_rules.csv, 3 customers would be 2." in text
    assert "20.00 of it would be another's" in text
    assert "c360 run first" in text
    assert "1 ids that would become another" in text
    assert "left out" not in text
    assert "new → loyal 1" in text
    assert "20.00 phone" in text
    assert "C0000000001 Ann 40.00 → 60.00 1 → 3 new → loyal" in text
    assert "40.00 → - 1 → - -" in text


def test_programs_get_it_all_as_json(told):
    assert json.loads(told(FOUND, "--json"))["changes"] == [MERGED]


def test_rules_that_change_nothing_are_said_to(told):
    same = Impact([], False, FIGURES, {}, [], [], [])
    text = told(same)
    assert "With the rules as they are in seeds, 3 customers" in text
    assert "Nothing would change." in text


@pytest.fixture
def rules(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


def test_the_seeds_of_this_project_may_be_proposed_as_they_are(rules):
    shutil.copytree(PROJECT_ROOT / "seeds", rules, dirs_exist_ok=True)
    names = {path.stem for path in proposed_rules(rules)}
    assert {"identity_rules", "match_weights", "nicknames"} <= names
    assert "countries" not in names


def test_what_is_wrong_with_proposed_rules_is_told_by_file_and_line(rules):
    (rules / "nicknames.csv").write_text("given_name,nickname\nann,Annie\n")
    (rules / "identity_rulez.csv").write_text("identifier_type\n")
    with pytest.raises(RulesError) as error:
        proposed_rules(rules)
    assert f"{rules}/nicknames.csv, line 2: nickname 'Annie' is no name" in str(
        error.value
    )
    assert f"{rules}/identity_rulez.csv is no seed of this project" in str(error.value)


def test_a_folder_that_proposes_nothing_is_told(rules):
    with pytest.raises(RulesError, match="holds no rules of identity"):
        proposed_rules(rules)
    result = asked(str(rules / "nowhere"))
    assert result.exit_code == 1
    assert "There is no folder" in result.stderr


def test_without_a_warehouse_or_a_whole_run_it_is_told_what_to_do(rules, data):
    (rules / "nicknames.csv").write_text("given_name,nickname\nann,annie\n")
    result = asked(str(rules))
    assert result.exit_code == 1
    assert "Run c360 run first." in result.stderr
    with connect(data.warehouse):
        pass
    told = " ".join(asked(str(rules)).stderr.split())
    assert "The warehouse has no core.identifiers, core.profiles" in told
    data.warehouse.write_bytes(b"nothing that DuckDB wrote")
    assert "is damaged" in asked(str(rules)).stderr
