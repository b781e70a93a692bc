"""The materialization strongest_first against a plain loop over sorted links."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.pipeline.identity_chain import IdentityChain

COLUMNS = {
    "component_key": "bigint",
    "record_seq": "bigint",
    "record_key": "varchar",
    "node_key": "varchar",
    "priority": "integer",
    "times_seen": "bigint",
    "first_seen_at": "timestamp",
    "last_seen_at": "timestamp",
    "value_group": "varchar",
    "value_key": "varchar",
    "max_values": "integer",
    "window_days": "integer",
    "is_decision": "boolean",
}
LIMITS = {"user": (1, None), "mail": (2, None), "card": (1, 30)}
START = datetime(2026, 1, 1)

Row = dict[str, object]
Verdicts = tuple[dict[str, int], set[tuple[str, str]]]


class StrongestFirst:
    """One model of that materialization, whose rows a test gives."""

    def __init__(self, chain: IdentityChain) -> None:
        self.evidence = chain.root / "rows.parquet"
        self.chain = chain

    def solve(self, rows: list[Row]) -> Verdicts:
        with duckdb.connect() as connection:
            columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
            connection.execute(f"create table evidence ({columns})")
            connection.executemany(
                f"insert into evidence values ({', '.join('?' * len(COLUMNS))})",
                [tuple(row[name] for name in COLUMNS) for row in rows],
            )
            connection.execute(f"copy evidence to '{self.evidence}' (format parquet)")
        self.chain.dbt("run", "--select", "links")
        found = self.chain.query(
            "select record_key, entity_key, node_key, is_cut from test.links"
        )
        return (
            {record: entity for record, entity, _, _ in found},
            {(record, node) for record, _, node, is_cut in found if is_cut},
        )


@pytest.fixture(scope="module")
def materialization(laboratory):
    return StrongestFirst(laboratory.empty())


def one_by_one(rows: list[Row]) -> Verdicts:
    """Add links strongest first, the plain way."""
    order: dict[tuple, list] = {}
    held: dict[str, dict] = defaultdict(lambda: defaultdict(dict))
    limits: dict[str, tuple] = {}
    number = {row["record_key"]: row["record_seq"] for row in rows}
    for row in rows:
        record, node = row["record_key"], row["node_key"]
        if node is not None:
            link = order.setdefault((node, record), [99, 0, datetime.max, False])
            link[0] = min(link[0], row["priority"])
            link[1] -= row["times_seen"]
            link[2] = min(link[2], row["first_seen_at"] or datetime.max)
            link[3] |= row["is_decision"]
        if group := row["value_group"]:
            is_decision = row["is_decision"] and node is None
            limits[group] = (row["max_values"], row["window_days"], is_decision)
            add(held[record][group], row["value_key"], span(row))
    cluster = {record: record for record in number}
    home: dict[str, str] = {}
    for node, record in sorted(order, key=lambda link: (order[link][:3], link)):
        a, b = cluster[record], cluster[home.setdefault(node, record)]
        bound_by_rules = not order[node, record][3]
        if a == b or any(
            breaks(held[a][group], held[b][group], *limits[group][:2])
            for group in set(held[a]) & set(held[b])
            if bound_by_rules or limits[group][2]
        ):
            continue
        for group, values in held.pop(b).items():
            for value, interval in values.items():
                add(held[a][group], value, interval)
        cluster = {record: a if root == b else root for record, root in cluster.items()}
    lowest: dict[str, int] = {}
    for record in sorted(number, key=number.__getitem__):
        lowest.setdefault(cluster[record], number[record])
    linked = {record for _, record in order}
    return (
        {record: lowest[cluster[record]] for record in linked},
        {(r, node) for node, r in order if cluster[r] != cluster[home[node]]},
    )


def span(row: Row) -> tuple[datetime, datetime]:
    until = datetime.max
    if row["last_seen_at"] and row["window_days"]:
        until = row["last_seen_at"] + timedelta(days=row["window_days"])
    return row["first_seen_at"] or datetime.min, until


def add(values: dict, value: str, interval: tuple) -> None:
    known = values.get(value, interval)
    values[value] = (min(known[0], interval[0]), max(known[1], interval[1]))


def breaks(mine: dict, theirs: dict, limit: int, window: int | None) -> bool:
    both = dict(mine)
    for value, interval in theirs.items():
        add(both, value, interval)
    own = max(count(mine, window), count(theirs, window))
    return count(both, window) > max(limit, own)


def count(values: dict, window: int | None) -> int:
    if window is None:
        return len(values)
    return max(
        sum(other <= start <= until for other, until in values.values())
        for start, _ in values.values()
    )


def a_row(draw, record: int) -> Row:
    """Draw what a record says: an identifier, shared or not, or a steward's word."""
    first = draw(st.none() | st.integers(0, 99))
    kind = draw(st.sampled_from([*LIMITS, *LIMITS, "statement", "apart"]))
    value = draw(st.integers(0, 5))
    row = dict.fromkeys(COLUMNS) | {
        "record_seq": record,
        "record_key": f"r{record * 7 % 11}",
        "is_decision": False,
        "times_seen": draw(st.integers(1, 2)),
        "priority": draw(st.integers(1, 3)),
    }
    if kind == "statement":
        is_decision = draw(st.booleans())
        return row | {
            "node_key": f"said{value % 2}",
            "priority": -1 if is_decision else 0,
            "is_decision": is_decision,
        }
    if kind == "apart":
        return row | {
            "value_group": f"apart{value % 2}",
            "value_key": row["record_key"],
            "max_values": 1,
            "is_decision": True,
        }
    if first is not None:
        row["first_seen_at"] = START + timedelta(days=first)
        row["last_seen_at"] = row["first_seen_at"] + timedelta(days=first % 7)
    limit, window = LIMITS[kind]
    return row | {
        "node_key": f"{kind}{value}",
        "value_group": kind,
        "value_key": f"{kind}{value}",
        "max_values": limit,
        "window_days": window,
    }


@st.composite
def components(draw) -> list[Row]:
    return [
        a_row(draw, draw(st.integers(0, 9))) for _ in range(draw(st.integers(1, 25)))
    ]


def disjoint(parts: list[list[Row]]) -> list[Row]:
    """Put components side by side, each with records and nodes of its own."""
    return [
        row
        | {
            "component_key": i,
            "record_seq": row["record_seq"] * len(parts) + i,
            "record_key": f"{i}/{row['record_key']}",
            "node_key": row["node_key"] and f"{i}/{row['node_key']}",
            "value_group": (
                f"{i}/{group}"
                if (group := row["value_group"]) and group.startswith("apart")
                else group
            ),
        }
        for i, rows in enumerate(parts)
        for row in rows
    ]


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a step costs a run of dbt
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(parts=st.lists(components(), min_size=20, max_size=40), seed=st.integers())
def test_rounds_decide_as_one_link_after_the_other(materialization, parts, seed):
    rows = disjoint(parts)
    random.Random(seed).shuffle(rows)
    assert materialization.solve(rows) == one_by_one(rows)


def test_a_hub_takes_few_rounds_and_a_chain_is_cut_where_it_is_full(materialization):
    """Many who state one value, half of them with more values than a customer may."""
    row = dict.fromkeys(COLUMNS) | {
        "priority": 3,
        "times_seen": 1,
        "is_decision": False,
    }
    rows = []
    for n in range(200):
        who = row | {"record_seq": n, "record_key": f"h{n:03d}", "component_key": 0}
        rows.append(who | {"node_key": "hub"})
        if n % 2:
            user = {"value_group": "user", "value_key": f"u{n}", "max_values": 2}
            rows.append(who | user | {"node_key": f"u{n}", "priority": 1})
        who |= {"record_seq": n + 1000, "record_key": f"c{n}", "component_key": 1}
        user = {"value_group": "user", "value_key": f"v{n}", "max_values": 2}
        rows.append(who | user | {"node_key": f"step{n}"})
        rows.append(who | {"node_key": f"step{n + 1}", "times_seen": n * 7 % 40})
    entities, cuts = materialization.solve(rows)
    assert (entities, cuts) == one_by_one(rows)
    assert len({entities[f"h{n:03d}"] for n in range(200)}) == 1 + 98
