"""How good identity is on people whose truth is known: shares, with their intervals.

Belongs here: comparing the customers that identity made with the persons of a truth
file. Does not belong here: making them (trial.py), and the sample world, which is
measured in every run (orchestration/identity/quality.py).
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from orchestration.matching.blocking_audit import BlockingAudit, audit_blocking
from orchestration.matching.person_table import (
    ColumnMap,
    PersonTableError,
    columns_of,
    record_key,
    table_of,
)
from orchestration.matching.trial import build_identity

_Z = 1.959964
"""Standard deviations on each side of an interval of 95 %."""


@dataclass(frozen=True)
class Share:
    """A share between 0 and 1, and the interval that holds it with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """What identity made of a table of people, against the truth."""

    records: int
    people: int
    customers: int
    shares: dict[str, Share]
    by_source: list[dict[str, Any]]
    seconds: float
    blocking: BlockingAudit | None = None


def evaluate(records: Path, truth: Path, map_file: Path | None = None) -> Evaluation:
    """Run identity on a labelled table and compare it with the truth.

    Args:
        records: CSV or parquet, a row per record.
        truth: CSV or parquet with the record ids and, beside them, whose each is.
        map_file: YAML that says which column is what (see ColumnMap).

    Raises:
        PersonTableError: a file cannot be used.
        TrialError: identity fails on it.
    """
    names = ColumnMap.read(map_file, columns_of(records))
    person = _person_column(truth, names)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="c360-evaluate-") as folder:
        warehouse = build_identity(records, names, Path(folder))
        seconds = time.perf_counter() - started
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute(
                f"""
                create temporary table judged as
                select
                    stated.record_key,
                    coalesce({_source(names)}, 'table') as source,
                    truth."{person}" as person,
                    coalesce(assigned.customer_id, 'none ' || truth.key) as customer
                from (
                    select *, cast("{names.record_id}" as varchar) as key
                    from {table_of(truth)}
                ) as truth
                inner join (
                    select *, cast("{names.record_id}" as varchar) as key,
                        {record_key(names)} as record_key
                    from {table_of(records)}
                ) as stated on truth.key = stated.key
                left join identity.int_identity__assignments_next as assigned
                    on stated.record_key = assigned.record_key
                """
            )
            found = measure(connection, seconds)
            connection.execute(_PERSONS)
            return replace(found, blocking=audit_blocking(connection))


def measure(connection: duckdb.DuckDBPyConnection, seconds: float) -> Evaluation:
    """Compare customers with persons.

    Args:
        connection: with a relation `judged` (source, person, customer), a row a record.
        seconds: how long making the customers took.

    Raises:
        PersonTableError: there is no record.
    """
    records, people, customers = connection.execute(
        "select count(*), count(distinct person), count(distinct customer) from judged"
    ).fetchall()[0]
    if not records:
        raise PersonTableError("No record of the table is in the truth.")
    return Evaluation(
        records=records,
        people=people,
        customers=customers,
        shares=_shares(connection),
        by_source=_by_source(connection),
        seconds=round(seconds, 2),
    )


# An entity that holds records of several counts as the one whom most are of.
_PERSONS = """
create temporary table persons as
select
    entities.entity_key,
    mode(judged.person order by judged.person) as person
from judged
inner join identity.int_identity__entities as entities using (record_key)
group by entities.entity_key
"""

_CELLS = """
create temporary table cells as
select
    person,
    customer,
    count(*) as n,
    sum(count(*)) over (partition by person) as of_person,
    sum(count(*)) over (partition by customer) as of_customer,
    count(*) over (partition by person) as customers,
    count(*) over (partition by customer) as people
from judged
group by person, customer
"""

# A wrong pair is half the one person's doing and half the other's.
_PEOPLE = """
select
    sum(n) as records,
    sum(n * (n - 1) / 2) as right_pairs,
    any_value(of_person * (of_person - 1) / 2) as true_pairs,
    sum(n * (n - 1) / 2 + n * (of_customer - n) / 2) as found_pairs,
    sum(n * n / of_customer) as precise_records,
    sum(n * n / of_person) as recalled_records,
    cast(max(customers) = 1 and max(people) = 1 as integer) as is_exact
from cells
group by person
order by person
"""

_SOURCES = """
select
    judged.source,
    count(*) as records,
    avg(cells.n / cells.of_customer) as b_cubed_precision,
    avg(cells.n / cells.of_person) as b_cubed_recall
from judged
inner join cells using (person, customer)
group by judged.source
order by judged.source
"""


def _shares(connection: duckdb.DuckDBPyConnection) -> dict[str, Share]:
    """Return the shares, each with an interval over people taken at random.

    Every share is a ratio of sums over people, so its variance follows from what each
    person adds to both (Cochran 1977, ratio estimators); no resampling is needed.
    """
    connection.execute(_CELLS)
    found = connection.execute(_PEOPLE).fetchnumpy()
    by_person = {name: np.asarray(values, float) for name, values in found.items()}
    right, records = by_person["right_pairs"], by_person["records"]
    true, guessed = by_person["true_pairs"], by_person["found_pairs"]
    b_precision = _influence(by_person["precise_records"], records)
    b_recall = _influence(by_person["recalled_records"], records)
    b_f1 = 2 * b_precision[0] * b_recall[0] / max(b_precision[0] + b_recall[0], 1e-12)
    slopes = [
        2 * (other / max(b_precision[0] + b_recall[0], 1e-12)) ** 2
        for other in (b_recall[0], b_precision[0])
    ]
    estimates = {
        "precision": _influence(right, guessed),
        "recall": _influence(right, true),
        "f1": _influence(right, (true + guessed) / 2),
        "b_cubed_precision": b_precision,
        "b_cubed_recall": b_recall,
        "b_cubed_f1": (b_f1, slopes[0] * b_precision[1] + slopes[1] * b_recall[1]),
        "exact_share": _influence(by_person["is_exact"], np.ones_like(records)),
    }
    return {name: _share(*estimate) for name, estimate in estimates.items()}


def _influence(
    part: np.ndarray[Any, Any], whole: np.ndarray[Any, Any]
) -> tuple[float, np.ndarray[Any, Any]]:
    """Return a ratio of sums, and how much each person moves it; 1 of nothing is 1."""
    total = whole.sum()
    if not total:
        return 1.0, np.zeros_like(whole)
    ratio = part.sum() / total
    return float(ratio), (part - ratio * whole) / total


def _share(value: float, moves: np.ndarray[Any, Any]) -> Share:
    reach = _Z * float(np.sqrt((moves**2).sum()))
    bounds = (max(0.0, value - reach), min(1.0, value + reach))
    return Share(*(round(float(v), 5) for v in (value, *bounds)))


def _by_source(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    result = connection.execute(_SOURCES)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _person_column(truth: Path, names: ColumnMap) -> str:
    """Return the column of the truth that says whose a record is."""
    columns = columns_of(truth)
    if names.record_id not in columns:
        raise PersonTableError(
            f"{truth} has no column {names.record_id}, which names the records. It has "
            f"{', '.join(columns)}."
        )
    others = [c for c in columns if c != names.record_id]
    if names.truth_id:
        others = [c for c in others if c == names.truth_id]
    if len(others) != 1:
        raise PersonTableError(
            f"{truth} must have, beside {names.record_id}, one column that says whose "
            "each record is; or name it as truth_id in the map."
        )
    return others[0]


def _source(names: ColumnMap) -> str:
    return f'stated."{names.source}"' if names.source else "null"
