"""Records that share identifiers, to the people they are: connected components."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

from benchmarks.contest import OURS, Contest, Way
from orchestration.warehouse import PROJECT_ROOT

# People state two of their three identifiers in each of six records or so; and there is
# a chain of 200 records, of which each knows the next one only.
_EDGES = """
create table edges as
select
    record_seq,
    'r:' || record_seq as record_key,
    unnest([
        'id:' || person || ':' || one,
        'id:' || person || ':' || (one + 1) % 3
    ]) as node_key
from (
    select i as record_seq, hash(i) % ({size} // 12) as person, i % 3 as one
    from range({size} // 2) as numbers (i)
)
union all
select
    1000000000 + i,
    'chain:' || i,
    unnest(['chain:' || i, 'chain:' || (i + 1)])
from range(200) as numbers (i)
"""
_ANSWER = """
select count(*) || ' people, ' || sum(records * records) || ' pairs'
from (select count(*) as records from found group by cluster)
"""


def _prepare(size: int, inputs: Path) -> None:
    with duckdb.connect(str(inputs / "edges.duckdb")) as connection:
        connection.execute(_EDGES.format(size=size))


def _connection(inputs: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"attach '{inputs}/edges.duckdb' as given (read_only)")
    return connection


def macros_of(
    connection: duckdb.DuckDBPyConnection, log: Callable[[str], object]
) -> Any:
    """Return the macros of identity, whose statements a connection executes.

    `log` is called with what they say of each round.
    """

    def scratch_table(name: str, sql: str) -> str:
        connection.execute(f"create or replace temp table {name} as {sql}")
        return name

    def run_query(sql: str) -> Any:
        value = connection.execute(sql).fetchone()
        column = SimpleNamespace(values=lambda: value)
        return SimpleNamespace(columns=[column])

    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals.update(
        scratch_table=scratch_table,
        run_query=run_query,
        numbered=lambda relation, key, name: (
            f"select {key}, row_number() over () as {name} from {relation}"
        ),
        arg_min=lambda value, by: f"arg_min({value}, {by})",
        log=log,
        this=SimpleNamespace(identifier="components"),
        config={},
        **{"return": lambda value: value},
    )
    names = (
        *("number_shared_nodes", "project_onto_nodes", "follow_lowest_neighbour"),
        *("contract_edges", "fold_maps", "contract_graph", "name_components"),
        "solve_components",
    )
    folder = PROJECT_ROOT / "macros/identity/connected_components"
    source = "\n".join((folder / f"{name}.sql").read_text("utf-8") for name in names)
    return environment.from_string(source).module


def _ours(inputs: Path, scratch: Path) -> Callable[[], str]:
    connection = _connection(inputs)
    macros = macros_of(connection, lambda _: None)

    def work() -> str:
        evidence = """
            select record_seq, record_key, node_key from given.edges
            union all
            select distinct record_seq, record_key, null from given.edges
        """
        connection.execute(
            "create temp table found as select cluster_key as cluster from "
            f"({macros.solve_components(evidence)})"
        )
        return connection.execute(_ANSWER).fetchall()[0][0]

    return work


def _floor(inputs: Path, scratch: Path) -> Callable[[], str]:
    """Number the identifiers and put the numbers to the edges: nobody does less."""
    connection = _connection(inputs)

    def work() -> str:
        connection.execute(
            """
            create temp table numbered as
            with nodes as (
                select node_key, row_number() over () as node
                from given.edges group by node_key
            )
            select record_seq, node from given.edges inner join nodes using (node_key)
            """
        )
        return "no answer"

    return work


def _by_label(inputs: Path, scratch: Path) -> Callable[[], str]:
    """Everybody takes the lowest number among those they share something with.

    dbt-id-stitching of RudderStack does so, a few steps a run; it has to be run until
    nothing changes, which here is part of the work.
    """
    connection = _connection(inputs)

    def work() -> str:
        connection.execute(
            "create temp table labels as "
            "select distinct record_seq, record_seq as cluster from given.edges"
        )
        while True:
            connection.execute(
                """
                create or replace temp table fresh as
                with nodes as (
                    select edges.node_key, min(labels.cluster) as cluster
                    from given.edges as edges
                    inner join labels using (record_seq)
                    group by edges.node_key
                )
                select edges.record_seq, min(nodes.cluster) as cluster
                from given.edges as edges
                inner join nodes using (node_key)
                group by edges.record_seq
                """
            )
            [changed] = connection.execute(
                "select count(*) from labels inner join fresh using (record_seq) "
                "where labels.cluster <> fresh.cluster"
            ).fetchone() or [0]
            connection.execute("create or replace temp table labels as from fresh")
            if not changed:
                break
        connection.execute("create temp table found as select cluster from labels")
        return connection.execute(_ANSWER).fetchall()[0][0]

    return work


def _scipy(inputs: Path, scratch: Path) -> Callable[[], str]:
    """What one would write in a notebook: pandas to number, SciPy to connect."""
    import pandas as pd
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    connection = _connection(inputs)

    def work() -> str:
        edges = connection.execute("select record_seq, node_key from given.edges").df()
        records, who = pd.factorize(edges["record_seq"])
        nodes, what = pd.factorize(edges["node_key"])
        size = len(who) + len(what)
        graph = coo_array(
            ([1] * len(edges), (records, nodes + len(who))), shape=(size, size)
        )
        _, cluster = connected_components(graph, directed=False)
        found = pd.Series(cluster[: len(who)]).value_counts()
        return f"{len(found)} people, {int((found**2).sum())} pairs"

    return work


CONTESTS = {
    "stitching": Contest(
        title="Stitch records that share identifiers",
        unit="edges",
        prepare=_prepare,
        ways={
            OURS: Way(_ours),
            "labels until nothing changes": Way(_by_label, largest=100_000),
            "pandas and SciPy": Way(_scipy),
        },
        note=(
            "An edge is an identifier in a record, both as text. Labels that walk from "
            "neighbour to neighbour, as dbt-id-stitching of RudderStack has them, take "
            "a round for each step of the longest chain, which has 200 records here. "
            "SciPy keeps all in memory."
        ),
    ),
    "stitching_floor": Contest(
        title="Stitch, beside reading the edges and numbering their identifiers",
        unit="edges",
        prepare=_prepare,
        ways={OURS: Way(_ours), "number the identifiers": Way(_floor)},
        note=(
            "Whoever begins with text has to do the second before anything else; it is "
            "no whole answer."
        ),
        is_same_answer=False,
    ),
}
