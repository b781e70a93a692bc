"""Why two records are one person, told from a small release."""

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.identity.explain import (
    UnknownPersonError,
    explain_pair,
    find_person,
    released,
)
from orchestration.warehouse import DataDir

# C1 is four records in a row: a and b by an e-mail, b and c by two spellings of one
# mailbox, c and d by what the CRM says. C2 shares a blocked phone number with C1.
RELEASE = """
create schema marts;
create table marts.customer_records as
from (values
    ('a', 'C1', 'deterministic', null::timestamp, null::timestamp),
    ('b', 'C1', 'deterministic', null, null),
    ('c', 'C1', 'deterministic', null, null),
    ('d', 'C1', 'deterministic', null, null),
    ('cookie', 'C1', 'deterministic', null, timestamp '2026-02-01'),
    ('e', 'C2', 'single', null, null)
) as t (record_key, customer_id, link_type, valid_from, valid_to);
alter table marts.customer_records add column confidence double default 1;
alter table marts.customer_records add column linked_at timestamp;

create table marts.customer_id_aliases as
from (values ('C1', 'C1'), ('C9', 'C1'), ('C2', 'C2'), ('C7', null))
    as t (customer_id, current_customer_id);

create table marts.identity_links as
select
    record_key, evidence_key, 'C1' as customer_id, identifier_type, value
        as identifier_value, stated as stated_record_key, relation, priority,
    timestamp '2026-01-01' as first_seen_at, timestamp '2026-01-02' as last_seen_at
from (values
    ('a', 'email||x@x.org', 'email', 'x@x.org', null, null, 3),
    ('b', 'email||x@x.org', 'email', 'x@x.org', null, null, 3),
    ('b', 'email||annb@gmail.com', 'email', 'ann.b@gmail.com', null, null, 3),
    ('c', 'email||annb@gmail.com', 'email', 'annb@gmail.com', null, null, 3),
    ('c', 'record||d', null, null, 'd', 'crm_merge', 0)
) as t (record_key, evidence_key, identifier_type, value, stated, relation, priority);

create table marts.customer_identifiers as
from (values ('C1', 'x@x.org'), ('C1', '+441'), ('C2', '+441'), ('C2', 'e@x.org'))
    as t (customer_id, identifier_value);

create table marts.identity_cuts as
from (values
    ('a', 'C1', 'phone', '', '+441', 'too_many_people', 40, 12, null, null, 0, 0),
    ('e', 'C2', 'phone', '', '+441', 'too_many_people', 40, 12, null, null, 0, 0),
    ('e', 'C2', 'email', '', 'x@x.org', 'too_many_values', null, null, 'a',
     'user_id|shop', 4, 3),
    ('e', 'C2', 'crm_merge', '', 'd', 'cannot_link', null, null, 'd', null, 2, 1)
) as t (
    record_key, customer_id, identifier_type, namespace, identifier_value,
    rejection_reason, record_count, people_count, kept_by_record_key, limited_type,
    value_count, max_values
);

create table marts.identity_review_queue as
select * from (
    values
    ('match', 'b', 'C1', 'e', 'C2', 'queued', 0.91::double),
    ('match', 'g', 'C3', 'd', 'C1', 'namesakes', 0.97),
    ('cut', 'e', 'C2', 'a', 'C1', 'too_many_values', null)
) as t (
    source, record_key, customer_id, other_record_key, other_customer_id, reason,
    confidence
);

create table marts.identity_changes as
select
    'merged' as change, 'C9' as old_customer_id, 'C1' as new_customer_id,
    timestamp '2026-01-01' as changed_at, 'email' as evidence,
    null::varchar as rejection_reason
union all
select 'split', 'C1', 'C8', timestamp '2026-01-02', 'phone', 'too_many_values'
union all
select 'split', 'C1', 'C7', timestamp '2026-01-03', null, 'evidence_gone';
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    release = tmp_path / "published/current"
    release.mkdir(parents=True)
    with duckdb.connect(str(release / "customer360.duckdb")) as connection:
        connection.execute(RELEASE)
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path))
    return DataDir(tmp_path)


def explained(data: DataDir, one: str, other: str):
    with released(data) as connection:
        return explain_pair(
            connection, find_person(connection, one), find_person(connection, other)
        )


def test_a_chain_goes_step_by_step_from_one_record_to_the_other(data):
    told = explained(data, "a", "d")
    assert told.is_same
    assert [(s.record_key, s.other_record_key, s.kind) for s in told.chain] == [
        ("a", "b", "email"),
        ("b", "c", "email"),
        ("c", "d", "crm_merge"),
    ]
    assert [step.sentence for step in told.chain] == [
        "a and b both state the e-mail x@x.org.",
        "b and c state ann.b@gmail.com and annb@gmail.com, spellings of one e-mail.",
        "A source says that c and d are one (crm_merge).",
    ]


def test_two_customers_show_what_they_share_and_why_it_was_not_used(data):
    told = explained(data, "a", "e")
    assert not told.is_same
    assert [cut.sentence for cut in told.cuts] == [
        "Both state the phone number +441, which was not used: too many people "
        "(40 records, by their names 12 people).",
        "e and d are said to be one (crm_merge), which was cut: a steward keeps the "
        "two apart.",
        "e states the e-mail x@x.org as a does, which was cut: one customer would hold "
        "4 values of shop user id, and 3 are allowed.",
    ]


def test_two_who_are_alike_show_that_a_steward_decides(data):
    told = explained(data, "a", "e")
    assert [pair.sentence for pair in told.waiting] == [
        "b and e are alike, with a probability of 0.910 to be one, which is too little "
        "to join them unseen: a steward decides.",
    ]
    assert told.as_dict()["waiting"][0]["confidence"] == 0.91


@pytest.mark.parametrize("name", ["C1", "c9", "b", "X@x.org ", "ann.b@gmail.com"])
def test_a_person_is_found_by_id_old_id_record_and_identifier(data, name):
    with released(data) as connection:
        assert find_person(connection, name).customer_id == "C1"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nobody", "Nobody in the release is 'nobody'"),
        ("C7", "Nobody in the release is 'C7'"),
        ("+441", "is stated by 2 customers: C1, C2"),
    ],
)
def test_who_is_nobody_or_several_is_told(data, name, sentence):
    with released(data) as connection, pytest.raises(UnknownPersonError) as error:
        find_person(connection, name)
    assert sentence in str(error.value)


def test_the_commands_speak_in_words_and_in_json(data):
    runner = CliRunner()
    words = runner.invoke(app, ["identity", "why", "a", "C9"])
    assert words.exit_code == 0
    assert "Both are C1." in words.output
    told = json.loads(
        runner.invoke(app, ["identity", "why", "a", "d", "--json"]).output
    )
    assert told["is_same"]
    assert told["chain"][0]["sentence"].startswith("a and b both state")
    shown = runner.invoke(app, ["identity", "show", "x@x.org"]).output
    assert "cookie  to 2026-02-01" in shown
    assert "crm_merge of d: c" in shown
    assert "phone +441 of a: too_many_people" in shown
    assert "b and e are alike" in shown
    assert "g and d are alike" in shown
    assert "merged C9 → C1 because of email" in shown
    assert "C8 because of phone, which no longer counts: too many values" in shown
    assert "C7 because of evidence gone" in shown
    assert runner.invoke(app, ["identity", "show", "nobody"]).exit_code == 1


def test_without_a_release_it_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(app, ["identity", "show", "C1"])
    assert result.exit_code == 1
    assert "Run c360 run" in " ".join(result.output.split())
