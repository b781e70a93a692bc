"""The materialization connected_components against an independent union-find."""

from __future__ import annotations

import random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pipeline.identity_chain import IdentityChain

Edge = tuple[int, str]
Graph = tuple[set[int], set[Edge]]


class Components:
    """One model of that materialization, whose rows a test gives."""

    def __init__(self, chain: IdentityChain, model: str = "components") -> None:
        self.evidence = chain.root / "rows.parquet"
        self.chain = chain
        self.model = model

    def solve(self, records: set[int], edges: set[Edge]) -> dict[int, int]:
        rows = [(n, f"r{n}", None) for n in records]
        rows += [(n, None, node) for n, node in edges]
        random.Random(0).shuffle(rows)
        with duckdb.connect() as connection:
            connection.execute(
                "create table evidence as select unnest($1) as record_seq, "
                "unnest($2) as record_key, unnest($3) as node_key",
                [list(column) for column in zip(*rows, strict=True)] or [[], [], []],
            )
            connection.execute(f"copy evidence to '{self.evidence}' (format parquet)")
        self.chain.dbt("run", "--select", self.model)
        found = self.chain.query(
            f"select record_key, cluster_key from test.{self.model}"
        )
        assert len(found) == len({key for key, _ in found})
        return {int(key[1:]): cluster for key, cluster in found}


@pytest.fixture(scope="module")
def components(laboratory):
    return Components(laboratory.empty()).solve


def union_find(records: set[int], edges: set[Edge]) -> dict[int, int]:
    """Return the lowest record of each record's component, the plain way."""
    parent: dict[int | str, int | str] = {}

    def find(x: int | str) -> int | str:
        while parent.setdefault(x, x) != x:
            x = parent[x]
        return x

    for record, node in edges:
        a, b = find(record), find(node)
        parent[a] = b
    lowest: dict[int | str, int] = {}
    for record in sorted(records):
        lowest.setdefault(find(record), record)
    return {record: lowest[find(record)] for record in records}


def disjoint(graphs: list[Graph]) -> Graph:
    """Put graphs side by side, each with numbers and nodes of its own."""
    records: set[int] = set()
    edges: set[Edge] = set()
    for i, (some, joins) in enumerate(graphs):
        records |= {n * len(graphs) + i + 1 for n in some}
        edges |= {(n * len(graphs) + i + 1, f"{i}/{node}") for n, node in joins}
    return records, edges


def chain(length: int, seed: int) -> Graph:
    """Return records in a row, each sharing one node with the next, in random order."""
    order = list(range(length))
    random.Random(seed).shuffle(order)
    edges = {(n, f"n{i + step}") for i, n in enumerate(order) for step in (0, 1)}
    return set(order), edges


def star(size: int) -> Graph:
    return set(range(size)), {(n, "hub") for n in range(size)}


def alone(size: int) -> Graph:
    return set(range(size)), {(n, f"own {n}") for n in range(0, size, 2)}


def small_graphs() -> st.SearchStrategy[Graph]:
    record = st.integers(0, 12)
    edge = st.tuples(record, st.integers(0, 12).map(str))
    return st.tuples(st.sets(record), st.sets(edge, max_size=25)).map(
        lambda graph: (graph[0] | {n for n, _ in graph[1]}, graph[1])
    )


@settings(max_examples=6)
@given(graphs=st.lists(small_graphs(), min_size=20, max_size=60))
def test_random_graphs_fall_apart_as_union_find_says(components, graphs):
    records, edges = disjoint(graphs)
    assert components(records, edges) == union_find(records, edges)


def test_chains_stars_and_single_records_side_by_side(components):
    graphs = [chain(n, seed=n) for n in (1, 2, 3, 50, 999)]
    graphs += [star(500), alone(40), chain(300, seed=1)]
    records, edges = disjoint(graphs)
    assert components(records, edges) == union_find(records, edges)


def test_the_order_of_the_evidence_does_not_matter(components):
    records, edges = disjoint([chain(60, seed=3), star(20)])
    turned = {(len(records) * 10 - n, node) for n, node in edges}
    clusters = components({n for n, _ in turned}, turned)
    assert len(set(clusters.values())) == 2
    assert clusters == union_find({n for n, _ in turned}, turned)


def test_no_records_make_no_clusters(components):
    assert components(set(), set()) == {}


def test_the_cap_on_rounds_fails_with_a_reason(laboratory):
    impatient = Components(laboratory, "impatient_components")
    with pytest.raises(AssertionError, match="edges after 1 rounds"):
        impatient.solve(*chain(200, seed=5))
