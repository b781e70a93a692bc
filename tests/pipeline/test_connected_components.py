"""The materialization connected_components against an independent union-find."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.identity_chain import IdentityChain

Edge = tuple[int, str]
Graph = tuple[set[int], set[Edge]]


class Components:
    """One model of that materialization, whose rows a test gives."""

    def __init__(self, root: Path, max_rounds: int = 60) -> None:
        self.evidence = root / "evidence.parquet"
        model = (
            "{{ config(materialized='connected_components', schema='test', "
            f"max_rounds={max_rounds}) }}}} select * from '{self.evidence}'"
        )
        self.chain = IdentityChain(root, {"core/components.sql": model})

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
        self.chain.dbt("run", "--select", "components")
        found = self.chain.query("select record_key, cluster_key from test.components")
        assert len(found) == len({key for key, _ in found})
        return {int(key[1:]): cluster for key, cluster in found}


@pytest.fixture(scope="module")
def components(tmp_path_factory):
    return Components(tmp_path_factory.mktemp("components")).solve


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


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
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


def test_the_cap_on_rounds_fails_with_a_reason(tmp_path):
    impatient = Components(tmp_path, max_rounds=1)
    with pytest.raises(AssertionError, match="edges after 1 rounds"):
        impatient.solve(*chain(200, seed=5))
