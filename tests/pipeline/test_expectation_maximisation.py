"""The materialization expectation_maximisation against a plain definition of it."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict

import duckdb
import pytest

from orchestration.matching.rules import read_comparisons, read_settings
from tests.pipeline.identity_chain import IdentityChain
from tests.unit.matching.test_rules import shipped_weights

COMPARED = ("given_name", "birth_date", "phone")
PEOPLE, MATCHES, OTHERS = 1000, 400, 6000
BASE = -math.log2(PEOPLE - 1)
ROUNDS = 10
SEED = 4

Pattern = tuple[tuple[str, str], ...]
"""The level of each comparison."""


class Learning:
    """One model of that materialization, whose rows a test gives."""

    def __init__(self, chain: IdentityChain) -> None:
        self.rows = chain.root / "rows.parquet"
        self.chain = chain

    def solve(self, pairs: Counter[Pattern]) -> dict[tuple[str, str], float]:
        with duckdb.connect() as connection:
            connection.execute(
                "create table rows (pattern bigint, pair_count bigint, known_weight "
                "double, entity_count bigint, comparison varchar, level varchar)"
            )
            for number, (pattern, count) in enumerate(pairs.items()):
                for level in (*pattern, ("setting", "matches_per_entity")):
                    connection.execute(
                        "insert into rows values (?, ?, ?, ?, ?, ?)",
                        [number, count, BASE, PEOPLE, *level],
                    )
            connection.execute(f"copy rows to '{self.rows}' (format parquet)")
        self.chain.dbt("run", "--select", "learning")
        found = self.chain.query("select comparison, level, weight from test.learning")
        return {(comparison, level): weight for comparison, level, weight in found}


@pytest.fixture(scope="module")
def learn(laboratory):
    return Learning(laboratory.empty()).solve


def compared_levels() -> dict[str, list[str]]:
    """Levels that do not weigh rarity, whose weight is a plain log2(m / u)."""
    return {
        c.name: [level.name for level in c.levels if not level.rarity_of]
        for c in read_comparisons()
        if c.name in COMPARED
    }


def simulated(true_m: dict[str, dict[str, float]]) -> Counter[Pattern]:
    """Pairs of which some are matches, by these shares, and others as trained."""
    chance, weights = random.Random(SEED), shipped_weights()
    drawn: Counter[Pattern] = Counter()
    for is_match in [True] * MATCHES + [False] * OTHERS:
        pattern = []
        for name, levels in compared_levels().items():
            shares = [
                true_m[name][level] if is_match else weights[name, level].u
                for level in levels
            ]
            pattern.append((name, chance.choices(levels, shares)[0]))
        drawn[tuple(pattern)] += 1
    return drawn


def by_the_book(pairs: Counter[Pattern]) -> dict[tuple[str, str], float]:
    trained, settings = shipped_weights(), read_settings()
    steady = settings["trained_matches"]
    names = {name for pattern in pairs for name, _ in pattern}
    weight = {key: found.weight for key, found in trained.items()}
    rate = settings["matches_per_entity"]
    for _ in range(ROUNDS):
        likely: dict[tuple[str, str], float] = defaultdict(float)
        matches = 0.0
        for pattern, count in pairs.items():
            total = BASE + rate + sum(weight[level] for level in pattern)
            match_count = count / (1 + 2**-total)
            matches += match_count
            for level in pattern:
                likely[level] += match_count
        rate = math.log2((2 * matches + steady) / (PEOPLE + steady))
        for key, found in trained.items():
            of_name = [k for k in trained if k[0] == key[0]]
            share = found.m / sum(trained[k].m for k in of_name)
            seen = sum(likely[k] for k in of_name) if key[0] in names else 0
            m = (likely[key] + steady * share) / (seen + steady)
            told = found.m == found.u
            weight[key] = 0.0 if told else math.log2(m / found.u)
    return weight | {("setting", "matches_per_entity"): rate}


def test_learning_is_that_of_the_definition_and_finds_the_truth(learn):
    """Matches that differ more often than trained, and how many there are."""
    true_m = {
        name: {level: 1 / len(levels) for level in levels}
        for name, levels in compared_levels().items()
    }
    pairs = simulated(true_m)
    found = learn(pairs)
    for key, weight in by_the_book(pairs).items():
        assert found[key] == pytest.approx(weight, abs=1e-4), key
    assert 2 ** found["setting", "matches_per_entity"] == pytest.approx(
        2 * MATCHES / PEOPLE, rel=0.2
    )
    assert found["setting", "accept"] == read_settings()["accept"]


def test_what_is_never_compared_keeps_what_was_trained(learn):
    found = learn(Counter())
    shipped = shipped_weights()
    sums = defaultdict(float)
    for (name, _), weight in shipped.items():
        sums[name] += weight.m
    for key, weight in shipped.items():
        moved = 0 if weight.m == weight.u else math.log2(sums[key[0]])
        assert found[key] == pytest.approx(weight.weight - moved, abs=1e-4), key
    assert found["setting", "matches_per_entity"] == 0
