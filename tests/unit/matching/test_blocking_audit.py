"""What the audit says of blocking rules, on people whose truth is known."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.matching.blocking_audit import BlockingRule, audit_blocking
from orchestration.matching.rules import Block

BLOCKS = [Block("name", ("family_name",), 2), Block("born", ("birth_date", "city"), 9)]


def audited(people: list[tuple[int, str | None, str | None, str | None, str]]):
    with duckdb.connect() as connection:
        connection.execute("create schema identity")
        connection.execute(
            "create table identity.int_identity__match_profiles "
            "(entity_key bigint, family_name varchar, birth_date varchar, city varchar)"
        )
        connection.execute("create table persons (entity_key bigint, person varchar)")
        for *profile, person in people:
            connection.execute(
                "insert into identity.int_identity__match_profiles values (?, ?, ?, ?)",
                profile,
            )
            connection.execute(
                "insert into persons values (?, ?)", [profile[0], person]
            )
        return audit_blocking(connection, BLOCKS)


def test_each_rule_is_told_what_it_finds_and_what_only_it_finds():
    """Ann is found by both rules, Bob by one, Eve by none; three Foxes are too many."""
    found = audited(
        [
            (1, "lee", "1990", "rome", "ann"),
            (2, "lee", "1990", "rome", "ann"),
            (3, "poe", "1980", None, "bob"),
            (4, "poe", "1981", "bonn", "bob"),
            (5, "fox", "1970", "kiel", "eve"),
            (6, "fox", None, "kiel", "eve"),
            (7, "fox", "1970", "kiel", "dan"),
        ]
    )
    assert found.pairs == 3
    assert found.right == 2
    assert found.recall == pytest.approx(2 / 3)
    name, born = found.rules
    assert name == BlockingRule("name", 2, 1, 2, 1, largest_block=2, passed_over=3)
    assert born == BlockingRule("born", 2, 1, 1, 0, largest_block=2, passed_over=0)


def test_rules_that_find_nothing_are_told_too():
    found = audited([(1, "lee", "1990", "rome", "ann")])
    assert (found.pairs, found.recall) == (0, 1.0)
    assert [rule.pairs for rule in found.rules] == [0, 0]
