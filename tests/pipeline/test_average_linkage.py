"""The materialization average_linkage against an independent implementation of it."""

from __future__ import annotations

import math
import random
from itertools import combinations

import duckdb
import pytest

from orchestration.matching.rules import read_settings
from tests.pipeline.identity_chain import IdentityChain

Links = dict[tuple[int, int], tuple[float, bool]]
"""Of two entities, the lower first: the weight, and whether it must not be."""

SETTINGS = read_settings()
ACCEPT, UNSEEN = SETTINGS["accept"], SETTINGS["unseen_pair"]


class AverageLinkage:
    """One model of that materialization, whose rows a test gives."""

    def __init__(self, chain: IdentityChain) -> None:
        self.rows = chain.root / "rows.parquet"
        self.chain = chain

    def solve(self, entities: set[int], links: Links) -> dict[int, tuple[int, float]]:
        with duckdb.connect() as connection:
            connection.execute(
                "create table rows (record_key varchar, entity_key bigint, "
                "other_entity_key bigint, weight double, is_forbidden boolean)"
            )
            rows = [(f"r{n}", n, None, None, None) for n in entities]
            rows += [(None, *pair, *found) for pair, found in links.items()]
            connection.executemany("insert into rows values (?, ?, ?, ?, ?)", rows)
            connection.execute(f"copy rows to '{self.rows}' (format parquet)")
        self.chain.dbt("run", "--select", "linkage")
        found = self.chain.query(
            "select entity_key, cluster_key, confidence from test.linkage"
        )
        return {entity: (cluster, sure) for entity, cluster, sure in found}


@pytest.fixture(scope="module")
def linkage(laboratory):
    return AverageLinkage(laboratory.empty()).solve


def name(cluster: frozenset[int]) -> str:
    """Return what a cluster is known by, whoever of it arrived first."""
    return min(f"r{entity}" for entity in cluster)


def by_the_book(entities: set[int], links: Links) -> dict[int, int]:
    """Merge, over and over, clusters that are each other's best; the plain way."""
    touched = {
        entity
        for pair, (weight, is_forbidden) in links.items()
        if weight >= ACCEPT and not is_forbidden
        for entity in pair
    }
    clusters = [frozenset({entity}) for entity in touched]
    while True:
        means = {}
        for one, other in combinations(sorted(clusters, key=min), 2):
            found = [links.get((min(a, b), max(a, b))) for a in one for b in other]
            if any(found) and not any(link and link[1] for link in found):
                total = math.fsum(link[0] if link else UNSEEN for link in found)
                means[one, other] = total / len(found)
        near = [pair for pair, mean in means.items() if mean >= ACCEPT]
        near.sort(key=lambda pair: (-means[pair], *sorted(map(name, pair))))
        best: dict[frozenset[int], tuple] = {}
        for pair in near:
            for cluster in pair:
                best.setdefault(cluster, pair)
        merges = {pair for pair in near if all(best[end] == pair for end in pair)}
        if not merges:
            break
        for one, other in merges:
            clusters = [c for c in clusters if c not in (one, other)] + [one | other]
    named = {entity: min(cluster) for cluster in clusters for entity in cluster}
    return {entity: named.get(entity, entity) for entity in entities}


ENTITIES = range(1, 13)
GRAPHS = 60


def random_links(rng: random.Random) -> Links:
    """Return links of whole weights, whose sums are exact in any order.

    Half of the graphs have few weights, so that many are equally near.
    """
    lightest = rng.choice((-8, int(ACCEPT) - 1))
    heaviest = 24 if lightest == -8 else lightest + 3
    pairs = list(combinations(ENTITIES, 2))
    return {
        pair: (float(rng.randint(lightest, heaviest)), rng.random() < 0.1)
        for pair in rng.sample(pairs, rng.randint(0, 40))
    }


def test_clusters_are_those_of_the_definition_and_never_hold_a_forbidden_pair(linkage):
    """The graphs lie side by side, since a run costs a second."""
    rng = random.Random(360)
    graphs = [random_links(rng) for _ in range(GRAPHS)]
    entities, links = set(), {}
    for number, graph in enumerate(graphs):
        aside = number * len(ENTITIES)
        entities |= {aside + entity for entity in ENTITIES}
        links |= {(aside + a, aside + b): link for (a, b), link in graph.items()}
    found = {
        entity: cluster for entity, (cluster, _) in linkage(entities, links).items()
    }
    for number in range(GRAPHS):
        first = number * len(ENTITIES)
        here = {first + entity for entity in ENTITIES}
        graph = {pair: link for pair, link in links.items() if pair[0] in here}
        assert {entity: found[entity] for entity in here} == by_the_book(here, graph)
    for (one, other), (_, is_forbidden) in links.items():
        assert not (is_forbidden and found[one] == found[other])


def test_a_chain_of_links_is_no_cluster_and_a_clique_is(linkage):
    """Connected components would make one person of all six."""
    clique = dict.fromkeys(combinations((1, 2, 3), 2), (ACCEPT + 4, False))
    chain = {(3, 4): (ACCEPT, False), (4, 5): (ACCEPT, False), (5, 6): (ACCEPT, False)}
    found = linkage(set(range(1, 7)), clique | chain)
    clusters = {entity: cluster for entity, (cluster, _) in found.items()}
    assert clusters[1] == clusters[2] == clusters[3] == 1
    assert len(set(clusters.values())) > 2


def test_confidence_is_that_of_the_weakest_link_on_the_way(linkage):
    weights = {(1, 2): ACCEPT + 3, (2, 3): ACCEPT + 9, (1, 3): ACCEPT + 1}
    found = linkage({1, 2, 3}, {pair: (w, False) for pair, w in weights.items()})
    probability = 1 / (1 + 2 ** -(ACCEPT + 3))
    assert found[1] == (1, 1.0)
    assert found[2] == (1, pytest.approx(probability))
    assert found[3] == (1, pytest.approx(probability))
