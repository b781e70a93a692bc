"""What stewards type, and what they are told."""

import json

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.identity.decisions import standing_decisions

# C1 is two records; the link of b, of C2, to one of them was cut.
RELEASE = """
create schema marts;
create table marts.customer_records as
from (values ('crm:c:1', 'C0000000001'), ('crm:c:2', 'C0000000001'),
    ('shop:c:3', 'C0000000003')) as t (record_key, customer_id);
create table marts.customer_id_aliases as
select distinct customer_id, customer_id as current_customer_id
from marts.customer_records;
create table marts.identity_links as
from (values ('shop:c:3', 'C0000000003', 'bob@x.org'))
    as t (record_key, customer_id, identifier_value);
create table marts.customer_identifiers as
select customer_id, identifier_value from marts.identity_links;
create table marts.identity_review_queue as
from (values
    ('cut', 'shop:c:3', 'Bob', 'crm:c:1', 'Ann', 'phone', '+4', 'too_many_values',
     'user_id|shop', 4, 3, null::double, 12.5),
    ('cut', 'shop:c:4', 'Eve', 'crm:c:1', 'Ann', 'phone', '+4', 'too_many_values',
     'email|', 11, 10, null, 99)
) as t (source, record_key, display_name, other_record_key, other_display_name,
    identifier_type, identifier_value, reason, limited_type, value_count, max_values,
    confidence, revenue_reporting);
"""


SEED = "decision,record_key,other_record_key,decided_by,decided_at,reason\n"


@pytest.fixture
def seed(tmp_path, monkeypatch):
    """The decisions that a project of its own keeps in git; none as yet."""
    path = tmp_path / "project/seeds/steward_decisions.csv"
    path.parent.mkdir(parents=True)
    path.write_text(SEED)
    monkeypatch.setenv("C360_PROJECT_DIR", str(tmp_path / "project"))
    return path


@pytest.fixture
def tell(data, seed):
    release = data.published / "current"
    release.mkdir(parents=True)
    with duckdb.connect(str(release / "customer360.duckdb")) as connection:
        connection.execute(RELEASE)

    def run(*args: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["identity", *args])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    return run


def test_what_is_decided_is_told_listed_and_taken_back(tell, data):
    told = tell(
        "decide",
        "must-link",
        "crm:c:1",
        "bob@x.org",
        "--reason",
        "called",
        "--by",
        "ann",
    )
    (made,) = standing_decisions(data)
    assert (made.record_key, made.other_record_key) == ("crm:c:1", "C0000000003")
    assert f"Decision {made.decision_id}: must-link" in told
    assert "called" in tell("decisions")
    listed = json.loads(tell("decisions", "--json"))
    assert [row["decision_id"] for row in listed] == [made.decision_id]

    assert "Took back must-link" in tell("undo", made.decision_id, "--reason", "no")
    assert "No decision stands" in tell("decisions")


def test_a_decision_on_a_record_that_is_not_there_is_told_to_have_no_effect(tell, seed):
    seed.write_text(
        f"{SEED}must_link,crm:c:1,crm:c:9,git,2026-01-01,called\n"
        "must_link,crm:c:2,C0000000003,git,2026-01-01,called\n"
    )
    assert tell("decisions").endswith("have no effect: crm:c:9")
    listed = json.loads(tell("decisions", "--json"))
    assert [row["unknown"] for row in listed] == [["crm:c:9"], []]
    assert {row["kept_in"] for row in listed} == {"seed"}


def test_one_customer_is_parted_by_records_and_not_by_id(tell, data):
    args = ("decide", "cannot-link", "C0000000001")
    told = tell(*args, "crm:c:2", "--reason", "two", code=1)
    assert "To part them, name two of its records" in told
    assert standing_decisions(data) == []
    tell("decide", "cannot-link", "crm:c:1", "crm:c:2", "--reason", "two")
    assert standing_decisions(data)[0].decision == "cannot_link"


def test_nobody_is_decided_on_who_is_not_in_the_release(tell, data):
    told = tell("decide", "must-link", "crm:c:1", "nobody", "--reason", "x", code=1)
    assert "Nobody in the release is 'nobody'" in told


def test_the_queue_begins_with_the_most_revenue(tell):
    queue = json.loads(tell("review", "--json"))
    assert [pair["record_key"] for pair in queue] == ["shop:c:4", "shop:c:3"]
    assert len(json.loads(tell("review", "--json", "--limit", "1"))) == 1
    assert "99.00" in tell("review")
