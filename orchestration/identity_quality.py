"""How well identity found the people of a sample world, whose truth is known."""

from __future__ import annotations

from pathlib import Path

import duckdb

_SCORES = """
with

judged as (

    select
        truth.record_key,
        truth.person_id,
        map.customer_id
    from read_parquet(?) as truth
    inner join identity.identity_map as map on truth.record_key = map.record_key
    where map.record_key not in (
        select record_key from identity.record_registry where is_device
    )

),

-- Records of one person in one customer: pairs and shares follow from the counts.
cells as (

    select person_id, customer_id, count(*) as n
    from judged
    group by person_id, customer_id

),

people as (

    select person_id, sum(n) as n, count(*) as customers
    from cells
    group by person_id

),

customers as (

    select customer_id, sum(n) as n, count(*) as people
    from cells
    group by customer_id

),

pairs as (

    select
        (select coalesce(sum(n * (n - 1) / 2), 0) from cells) as both,
        (select coalesce(sum(n * (n - 1) / 2), 0) from people) as in_truth,
        (select coalesce(sum(n * (n - 1) / 2), 0) from customers) as found

),

b_cubed as (

    select
        coalesce(sum(cells.n * cells.n / customers.n) / sum(cells.n), 1) as p,
        coalesce(sum(cells.n * cells.n / people.n) / sum(cells.n), 1) as r
    from cells
    inner join people on cells.person_id = people.person_id
    inner join customers on cells.customer_id = customers.customer_id

),

exact as (

    select count(*) as n
    from cells
    inner join people on cells.person_id = people.person_id
    inner join customers on cells.customer_id = customers.customer_id
    where people.customers = 1 and customers.people = 1

)

select
    (select count(*) from judged) as records,
    (select count(*) from people) as people,
    (select count(*) from customers) as customers,
    case when pairs.found = 0 then 1 else pairs.both / pairs.found end as precision,
    case when pairs.in_truth = 0 then 1 else pairs.both / pairs.in_truth end as recall,
    b_cubed.p as b_cubed_precision,
    b_cubed.r as b_cubed_recall,
    exact.n / greatest((select count(*) from people), 1) as exact_share
from pairs, b_cubed, exact
"""


def score_against_truth(
    connection: duckdb.DuckDBPyConnection, truth_dir: Path
) -> dict[str, float]:
    """Compare the identity map with the truth, over the records of people.

    Devices are left out: they belong to people for intervals, not to one person.
    Nothing is enumerated pair by pair; the counts of each cluster suffice.

    Args:
        connection: an open warehouse with `identity.identity_map`.
        truth_dir: where `person_records.parquet` (person_id, record_key) lies.

    Returns:
        records, people and customers compared; precision, recall and f1 of pairs of
        records; the same by B-cubed (b_cubed_…); exact_share, the share of people who
        are one customer that is nobody else. All shares are between 0 and 1; a share of
        no pairs at all is 1.
    """
    path = truth_dir / "person_records.parquet"
    relation = connection.execute(_SCORES, [str(path)])
    names = [column[0] for column in relation.description]
    scores = dict(zip(names, relation.fetchall()[0], strict=True))
    scores["f1"] = _harmonic_mean(scores["precision"], scores["recall"])
    scores["b_cubed_f1"] = _harmonic_mean(
        scores["b_cubed_precision"], scores["b_cubed_recall"]
    )
    return scores


def _harmonic_mean(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
