"""The graph of records and identifiers of more people than were loaded: a simulation.

python -m benchmarks.scale.identity_graph --world FOLDER --people 100000 1000000 --keep

Whole people of a sample world, whose truth is known, are drawn with replacement: their
records, and which of these share an identifier, stay as they are. An identifier of one
person becomes another for each copy. What is assumed of identifiers that several people
share, since no sample can tell it:

- up to `FEW` people: as many as in the sample share one, but any who do, not those of
  the family. Families of the sample share several with the same few; strangers reach
  further, so components come out larger than they would be.
- more people: one identifier of all (test@test.com), stated by as large a share.

Printed and kept: degrees, components with and without the guards of
int_identity__identifier_values, and what our connected components do with the latter.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.contests.stitching import macros_of

KEPT = Path(__file__).with_suffix(".json")
FEW = 8
"""More people than this share only what is nobody's: no family of the sample does."""

Numbers = NDArray[np.int64]

_STATED = """
with

truth as (select * from read_parquet('{truth}')),

stated as (

    select
        truth.person_id as person,
        stated.record_key as record,
        stated.identifier_type || '|' || stated.namespace || '|'
        || stated.identifier_value as value,
        judged.rejection_reason is not null as is_rejected

    from identity.int_identity__stated_identifiers as stated
    inner join truth using (record_key)
    inner join seeds.identity_rules as rules using (identifier_type)
    inner join identity.int_identity__identifier_values as judged
        using (identifier_type, namespace, identifier_value)
    where rules.joins_records

),

people as (

    select value, count(distinct person) as people from stated group by value

)

select
    dense_rank() over (order by person) - 1 as person,
    dense_rank() over (order by record) - 1 as record,
    dense_rank() over (order by value) - 1 as value,
    is_rejected,
    people

from stated
inner join people using (value)
order by person, value, record
"""


@dataclass(frozen=True)
class Stated:
    """Which records state which values: arrays of one length, ordered by person."""

    person: Numbers
    record: Numbers
    value: Numbers
    is_rejected: NDArray[np.bool_]
    people: Numbers
    """How many people state the value."""

    def where(self, kept: NDArray[np.bool_]) -> Stated:
        """Return a part of it."""
        return Stated(
            *(getattr(self, name)[kept] for name in self.__dataclass_fields__)
        )


def sample(world: Path) -> Stated:
    """Return what people of a sample world state, of identifiers that may join."""
    with duckdb.connect(str(world / "dev/warehouse.duckdb"), read_only=True) as built:
        found = built.execute(
            _STATED.format(truth=world / "truth/person_records.parquet")
        ).fetchnumpy()
    return Stated(
        found["person"].astype(np.int64),
        found["record"].astype(np.int64),
        found["value"].astype(np.int64),
        found["is_rejected"].astype(bool),
        found["people"].astype(np.int64),
    )


def drawn(sampled: Stated, people: int, seed: int) -> Stated:
    """Return what so many people state, drawn from a sample as the module says.

    Args:
        sampled: ordered by person.
        people: how many to draw.
        seed: the same seed, the same people.
    """
    random = np.random.default_rng(seed)
    first = np.flatnonzero(np.diff(sampled.person, prepend=-1))
    lengths = np.diff(np.append(first, len(sampled.person)))
    chosen = random.integers(len(first), size=people)
    sizes = lengths[chosen]
    person = np.repeat(np.arange(people), sizes)
    row = (
        np.arange(len(person))
        - np.repeat(np.cumsum(sizes) - sizes, sizes)
        + np.repeat(first[chosen], sizes)
    )
    record = _numbered(person * (sampled.record.max() + 1) + sampled.record[row])
    value = person * (sampled.value.max() + 1) + sampled.value[row]
    shared_by = sampled.people[row]

    of_all = shared_by > FEW
    value[of_all] = -1 - sampled.value[row][of_all]
    for count in range(2, FEW + 1):
        rows = np.flatnonzero(shared_by == count)
        if len(rows):
            stated, stub = np.unique(value[rows], return_inverse=True)
            group = random.permutation(len(stated)) // count
            # Below all that is there already, and apart for each count.
            value[rows] = -(10**15) * count - group[stub]
    return Stated(person, record, _numbered(value), sampled.is_rejected[row], shared_by)


def _numbered(keys: Numbers) -> Numbers:
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def branching(stated: Stated) -> float:
    """Return how many more people one meets from somebody met by a shared value.

    At 1 and more, a share of all people that does not shrink is in one component
    (Molloy and Reed 1995).
    """
    pairs = np.unique(np.stack([stated.person, stated.value]), axis=1)
    _, place, people = np.unique(pairs[1], return_inverse=True, return_counts=True)
    others = (people[place] - 1).astype(float)
    met = np.bincount(pairs[0], weights=others)
    on = met[pairs[0]] - others
    return float((others * on).sum() / others.sum()) if others.any() else 0.0


def components(stated: Stated) -> dict[str, float]:
    """Return how large the connected components of records and values are."""
    records = int(stated.record.max()) + 1
    size = records + int(stated.value.max()) + 1
    graph = coo_array(
        (
            np.ones(len(stated.record), dtype=np.int8),
            (stated.record, stated.value + records),
        ),
        shape=(size, size),
    )
    _, label = connected_components(graph, directed=False)
    sizes = np.bincount(label[np.unique(stated.record)])
    sizes = sizes[sizes > 0]
    # People of a component, to count those that hold several.
    held = np.unique(np.stack([label[stated.record], stated.person]), axis=1)[0]
    people = np.bincount(held)
    return {
        "components": len(sizes),
        "largest, records": int(sizes.max()),
        "largest, people": int(people.max()),
        "share of records in the largest": round(float(sizes.max() / sizes.sum()), 6),
        "share of people joined with others": round(
            float(people[people > 1].sum() / people.sum()), 6
        ),
        "components of more than 10 people": int((people > 10).sum()),
        "people met by a shared value": round(branching(stated), 3),
    }


def contraction(stated: Stated) -> dict[str, Any]:
    """Return what our connected components do: edges of each round, CPU-seconds."""
    with duckdb.connect() as connection:
        pairs = np.unique(np.stack([stated.record, stated.value]), axis=1)
        table = {"record_seq": pairs[0], "node_key": pairs[1]}
        connection.register("pairs", table)
        connection.execute("create table edges as from pairs")
        rounds: list[int] = []
        solve = macros_of(connection, lambda said: rounds.append(_edges(said)))
        evidence = """
            select record_seq, null as record_key, node_key from edges
            union all
            select distinct record_seq, record_seq, null from edges
        """
        start = time.process_time()
        connection.execute(
            f"create temp table found as {solve.solve_components(evidence)}"
        )
        seconds = time.process_time() - start
        shared = connection.execute("select count(distinct node) from sightings")
        return {
            "shared values": shared.fetchall()[0][0],
            "edges by round": rounds,
            "CPU-seconds": round(seconds, 1),
            "components": connection.execute(
                "select count(distinct cluster_key) from found"
            ).fetchall()[0][0],
        }


def _edges(said: str) -> int:
    """Return the edges in `components: round 3, 120 edges`."""
    return int(said.split()[-2])


def simulate(sampled: Stated, people: int) -> dict[str, Any]:
    """Return the figures of one size."""
    stated = drawn(sampled, people, seed=people)
    kept = stated.where(~stated.is_rejected)
    degrees = np.bincount(stated.value)
    allowed = np.bincount(kept.value)
    return {
        "people": people,
        "records": int(stated.record.max()) + 1,
        "stated identifiers": len(stated.record),
        "distinct identifiers": len(degrees),
        "most records of a value": int(degrees.max()),
        "most records of a value that may join": int(allowed.max()),
        "without guards": components(stated),
        "with guards": components(kept),
        "contraction, without guards": contraction(stated),
        "contraction, with guards": contraction(kept),
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def table(known: Sequence[Mapping[str, Any]]) -> str:
    """Return all sizes as a table of Markdown: a row for each figure."""
    flat = [_flat(one) for one in known]
    lines = ["| |" + "".join(f" {one['people']:,} |" for one in flat)]
    lines.append("|---|" + "--:|" * len(flat))
    for name in [name for name in flat[-1] if name != "people"]:
        shown = "".join(f" {_shown(one.get(name, ''))} |" for one in flat)
        lines.append(f"| {name} |{shown}")
    return "\n".join(lines)


def _flat(figures: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}: ")
        else:
            found[prefix + name] = value
    return found


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} rounds: " + ", ".join(f"{each:,}" for each in value)
    return f"{value:,}" if isinstance(value, int) else f"{value}"


def main() -> None:
    """Simulate the sizes that are given, and print all that are known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--world", type=Path, help="As benchmarks.scale.growth made it."
    )
    parser.add_argument("--people", type=int, nargs="+", default=[], metavar="N")
    parser.add_argument("--keep", action="store_true", help="Keep the figures.")
    given = parser.parse_args()
    known = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else []
    if given.people and given.world is None:
        parser.error("--people needs a --world to draw them from")
    for people in given.people:
        known = [one for one in known if one["people"] != people]
        known.append(simulate(sample(given.world), people))
        known.sort(key=lambda one: one["people"])
        if given.keep:
            KEPT.write_text(f"{json.dumps(known, indent=2)}\n", encoding="utf-8")
    print(table(known))


if __name__ == "__main__":
    main()
