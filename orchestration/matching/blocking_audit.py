"""What each blocking rule is good for: the pairs it brings together, and the right.

Belongs here: counting the pairs of the rules over profiles that identity built. Does
not belong here: making them for real (int_identity__match_pairs), and what identity
makes of them (evaluation.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.matching.rules import Block, read_blocks


@dataclass(frozen=True)
class BlockingRule:
    """The pairs of entities that one rule brings together."""

    name: str
    pairs: int
    pairs_of_its_own: int
    """Pairs that no other rule brings together."""
    right: int
    """Pairs that are one person."""
    right_of_its_own: int
    largest_block: int
    """Entities that share a key, of those that are compared."""
    passed_over: int
    """Entities whose key more share than the rule allows."""


@dataclass(frozen=True)
class BlockingAudit:
    """What blocking does as a whole, and rule by rule."""

    pairs: int
    right: int
    right_pairs_in_truth: int
    rules: list[BlockingRule]

    @property
    def recall(self) -> float:
        """The share of the right pairs that are compared; 1 if there are none."""
        in_truth = self.right_pairs_in_truth
        return self.right / in_truth if in_truth else 1.0


def audit_blocking(
    connection: duckdb.DuckDBPyConnection, blocks: list[Block] | None = None
) -> BlockingAudit:
    """Count the pairs of every blocking rule.

    Args:
        connection: a warehouse with identity, and a temporary table `persons`
            (entity_key, person), a row per entity whose person is known.
        blocks: the rules; by default those of seeds/match_rules.csv.
    """
    rules = read_blocks() if blocks is None else blocks
    connection.execute(_keys_sql(rules))
    connection.execute(_PAIRS)
    counted = {row[0]: row[1:] for row in connection.execute(_RULES).fetchall()}
    sizes = {row[0]: row[1:] for row in connection.execute(_SIZES).fetchall()}
    pairs, right = connection.execute(
        "select count(*), coalesce(sum(is_right::int), 0) from audited_pairs"
    ).fetchall()[0]
    return BlockingAudit(
        pairs=pairs,
        right=int(right),
        right_pairs_in_truth=connection.execute(_TRUTH).fetchall()[0][0],
        rules=[
            BlockingRule(
                rule.name,
                *map(int, counted.get(number, (0, 0, 0, 0))),
                *map(int, sizes.get(number, (0, 0))),
            )
            for number, rule in enumerate(rules)
        ],
    )


def _keys_sql(rules: list[Block]) -> str:
    keys = " union all ".join(
        f"select {number} as rule_number, entity_key, "
        f"{rule.max_entities} as max_entities, hash({', '.join(rule.fields)}) as key "
        "from identity.int_identity__match_profiles "
        f"where {' is not null and '.join(rule.fields)} is not null"
        for number, rule in enumerate(rules)
    )
    return (
        "create or replace temporary table audited_keys as select *, count(*) over "
        f"(partition by rule_number, key) as entity_count from ({keys})"
    )


_PAIRS = """
create or replace temporary table audited_pairs as
select
    one.entity_key as one_entity_key,
    other.entity_key as other_entity_key,
    list(distinct one.rule_number) as rule_numbers,
    coalesce(any_value(a.person) = any_value(b.person), false) as is_right
from audited_keys as one
inner join audited_keys as other
    on
        one.rule_number = other.rule_number
        and one.key = other.key
        and one.entity_key < other.entity_key
left join persons as a on one.entity_key = a.entity_key
left join persons as b on other.entity_key = b.entity_key
where one.entity_count <= one.max_entities
group by one.entity_key, other.entity_key
"""

_RULES = """
select
    rule_number,
    count(*),
    sum((len(rule_numbers) = 1)::int),
    sum(is_right::int),
    sum((is_right and len(rule_numbers) = 1)::int)
from (select *, unnest(rule_numbers) as rule_number from audited_pairs)
group by rule_number
"""

_SIZES = """
select
    rule_number,
    coalesce(max(entity_count) filter (entity_count <= max_entities), 0),
    count(*) filter (entity_count > max_entities)
from audited_keys
group by rule_number
"""

_TRUTH = """
select coalesce(sum(n * (n - 1) / 2), 0)::bigint
from (select count(*) as n from persons group by person)
"""
