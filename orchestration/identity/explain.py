"""Why two records are one person, or are not: the chain of evidence, data and words.

It reads the published release, so it never waits for a run, and it explains what
readers see. Belongs here: finding who is meant, and the chain. Does not belong here:
how a terminal shows it (commands/identity.py), and who is who (models/identity).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from orchestration.identity.cuts import IDENTIFIER_NAMES, Cut, cuts_between
from orchestration.identity.waiting import Waiting, waiting_for
from orchestration.warehouse import DataDir


class UnknownPersonError(ValueError):
    """Nobody in the release is meant by what was given."""


@dataclass(frozen=True)
class Evidence:
    """One step of a chain: what joins two records."""

    record_key: str
    other_record_key: str
    kind: str
    """An identifier type, or the relation that a source states."""
    value: str | None
    other_value: str | None
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    match_probability: float | None = None
    explanation: str | None = None
    """Of a match: what each comparison found, and the bits of evidence that it adds."""

    @property
    def sentence(self) -> str:
        """The step in words."""
        if self.match_probability is not None:
            return (
                f"{self.record_key} and {self.other_record_key} share no identifier, "
                f"but are one with a probability of {self.match_probability:.4f}: "
                f"{self.explanation}."
            )
        if self.value is None:
            who = "steward" if self.kind == "must_link" else "source"
            return (
                f"A {who} says that {self.record_key} and {self.other_record_key} are "
                f"one ({self.kind})."
            )
        name = IDENTIFIER_NAMES.get(self.kind, self.kind)
        if self.value == self.other_value:
            stated = f"both state the {name} {self.value}"
        else:
            stated = (
                f"state {self.value} and {self.other_value}, spellings of one {name}"
            )
        return f"{self.record_key} and {self.other_record_key} {stated}."


@dataclass(frozen=True)
class Why:
    """Whether two are one customer, and by which chain or in spite of what."""

    customer_id: str
    other_customer_id: str
    chain: list[Evidence] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether both are one customer."""
        return self.customer_id == self.other_customer_id

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON would say it, each step with its sentence."""
        chain = [asdict(step) | {"sentence": step.sentence} for step in self.chain]
        cuts = [asdict(cut) | {"sentence": cut.sentence} for cut in self.cuts]
        waiting = [asdict(pair) | {"sentence": pair.sentence} for pair in self.waiting]
        return asdict(self) | {
            "is_same": self.is_same,
            "chain": chain,
            "cuts": cuts,
            "waiting": waiting,
        }


@dataclass(frozen=True)
class Person:
    """Who is meant by a customer id, a record key or an identifier."""

    customer_id: str
    record_keys: tuple[str, ...]
    """The records meant; those of the customer when an id was given."""


@contextmanager
def released(data: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published release.

    Raises:
        FileNotFoundError: nothing was published yet.
    """
    path = (data.published / "current" / "customer360.duckdb").resolve()
    if not path.exists():
        raise FileNotFoundError(
            f"There is no release under {data.published}. Run c360 run."
        )
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def find_person(connection: duckdb.DuckDBPyConnection, text: str) -> Person:
    """Return who is meant by a customer id (old ones too), record key or identifier.

    Raises:
        UnknownPersonError: nobody is, or several customers are.
    """
    found = connection.execute(
        """
        select records.customer_id, records.record_key
        from marts.customer_id_aliases as aliases
        inner join marts.customer_records as records
            on aliases.current_customer_id = records.customer_id
        where aliases.customer_id = upper($text)
        union
        select customer_id, record_key
        from marts.customer_records
        where record_key = $text
        union
        select customer_id, record_key
        from marts.identity_links
        where identifier_value in ($text, lower($text))
        order by all
        """,
        {"text": text.strip()},
    ).fetchall()
    customers = sorted({customer for customer, _ in found})
    if not customers:
        customers = _stating(connection, text.strip())
        found = [(customer, None) for customer in customers]
    if not customers:
        raise UnknownPersonError(
            f"Nobody in the release is {text!r}. Give a customer id (C0000000042), a "
            "record key (system:entity:id), or an e-mail address, phone number or id "
            "as marts.customer_identifiers spells it."
        )
    if len(customers) > 1:
        raise UnknownPersonError(
            f"{text!r} is stated by {len(customers)} customers: "
            f"{', '.join(customers[:5])}{' …' if len(customers) > 5 else ''}. Give one "
            "of them."
        )
    return Person(customers[0], tuple(key for _, key in found if key))


def explain_pair(
    connection: duckdb.DuckDBPyConnection, one: Person, other: Person
) -> Why:
    """Return why two are one customer, or what they share although they are not.

    What waits for a steward between them is told as well.
    """
    if one.customer_id == other.customer_id:
        chain = _chain(evidence_of(connection, one.customer_id), one, other)
        return Why(one.customer_id, other.customer_id, chain=chain)
    both = (one.customer_id, other.customer_id)
    return Why(
        *both,
        cuts=cuts_between(connection, *both),
        waiting=waiting_for(connection, *both),
    )


def evidence_of(
    connection: duckdb.DuckDBPyConnection, customer_id: str
) -> list[dict[str, Any]]:
    """Return the rows of `marts.identity_links` of a customer, strongest first."""
    result = connection.execute(
        "select * from marts.identity_links where customer_id = ? "
        "order by priority, evidence_key, record_key",
        [customer_id],
    )
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _stating(connection: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """Return the customers who state an identifier that joins nobody to anybody."""
    rows = connection.execute(
        "select distinct customer_id from marts.customer_identifiers "
        "where identifier_value in ($text, lower($text)) order by all",
        {"text": text},
    )
    return [customer for (customer,) in rows.fetchall()]


def _chain(links: list[dict[str, Any]], one: Person, other: Person) -> list[Evidence]:
    """Return the shortest chain between two of a customer, strongest evidence first."""
    import networkx as nx

    graph = nx.Graph()
    for link in links:
        length = 1 + link["priority"] / 100
        evidence = ("evidence", link["evidence_key"])
        graph.add_edge(("record", link["record_key"]), evidence, length=length, by=link)
        if link["stated_record_key"]:
            stated = ("record", link["stated_record_key"])
            graph.add_edge(stated, evidence, length=length, by=link)
    starts = [("record", key) for key in one.record_keys]
    ends = [("record", key) for key in other.record_keys]
    if set(starts) & set(ends):
        return []
    graph.add_edges_from((("start",), start, {"length": 0}) for start in starts)
    graph.add_edges_from((("end",), end, {"length": 0}) for end in ends)
    if ("start",) not in graph or ("end",) not in graph:
        return []
    if not nx.has_path(graph, ("start",), ("end",)):
        return []
    path = nx.shortest_path(graph, ("start",), ("end",), weight="length")[1:-1]
    return [
        _step(graph, path[place], path[place + 1], path[place + 2])
        for place in range(0, len(path) - 2, 2)
    ]


def _step(graph: Any, record: tuple, evidence: tuple, other: tuple) -> Evidence:
    mine, theirs = graph[record][evidence]["by"], graph[other][evidence]["by"]
    seen = [link["first_seen_at"] for link in (mine, theirs) if link["first_seen_at"]]
    last = [link["last_seen_at"] for link in (mine, theirs) if link["last_seen_at"]]
    return Evidence(
        record_key=record[1],
        other_record_key=other[1],
        kind=mine["identifier_type"] or mine["relation"],
        value=mine["identifier_value"],
        other_value=theirs["identifier_value"],
        first_seen_at=min(seen, default=None),
        last_seen_at=max(last, default=None),
        match_probability=mine.get("match_probability"),
        explanation=mine.get("explanation"),
    )
