"""How good identity is: canaries always, and scores in a world whose truth is known.

Belongs here: measuring, and keeping what each build scored in `ops.identity_quality`.
Does not belong here: what the canaries are (`int_identity__quality.sql`), and how high
a figure may be (`expectations/identity.py`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.clock import moment
from orchestration.warehouse import DataDir

_SCORES = """
with

judged as (

    select
        truth.record_key,
        truth.person_id,
        map.customer_id
    from read_parquet(?) as truth
    inner join {assignments} as map on truth.record_key = map.record_key
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


_PEOPLE = "(select distinct record_key, customer_id from {})"

_KEEP_CANARIES = """
insert into ops.identity_quality by name
select
    cast($measured_at as timestamp) as measured_at,
    builds.version as identity_version,
    'canary' as basis,
    quality.metric,
    quality.dimension,
    quality.value
from identity.int_identity__quality as quality
inner join ops.table_builds as builds
    on
        builds.table_schema = 'identity'
        and builds.table_name = 'int_identity__quality'
where builds.version not in (select identity_version from ops.identity_quality)
returning identity_version
"""


def record_quality(connection: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Keep the figures of the current build of identity, if they are not kept yet.

    Call it once identity is built: it measures what is proposed, not yet committed.
    """
    measured_at = moment(connection)
    kept = connection.execute(_KEEP_CANARIES, {"measured_at": measured_at}).fetchall()
    if not kept or not (data.truth / "person_records.parquet").exists():
        return
    proposed = _PEOPLE.format("identity.int_identity__assignments_next")
    scores = score_against_truth(connection, data.truth, proposed)
    connection.executemany(
        "insert into ops.identity_quality values (?, ?, 'truth', ?, '', ?)",
        [(measured_at, kept[0][0], metric, value) for metric, value in scores.items()],
    )


def score_against_truth(
    connection: duckdb.DuckDBPyConnection,
    truth_dir: Path,
    assignments: str = "identity.identity_map",
) -> dict[str, float]:
    """Compare the identity map with the truth, over the records of people.

    Devices are left out: they belong to people for intervals, not to one person.
    Nothing is enumerated pair by pair; the counts of each cluster suffice.

    Args:
        connection: an open warehouse with `identity.identity_map`.
        truth_dir: where `person_records.parquet` (person_id, record_key) lies.
        assignments: SQL relation of record_key and customer_id to compare.

    Returns:
        records, people and customers compared; precision, recall and f1 of pairs of
        records; the same by B-cubed (b_cubed_…); exact_share, the share of people who
        are one customer that is nobody else. All shares are between 0 and 1; a share of
        no pairs at all is 1.
    """
    path = truth_dir / "person_records.parquet"
    scores = _SCORES.format(assignments=assignments)
    relation = connection.execute(scores, [str(path)])
    names = [column[0] for column in relation.description]
    found = dict(zip(names, relation.fetchall()[0], strict=True))
    found["f1"] = _harmonic_mean(found["precision"], found["recall"])
    found["b_cubed_f1"] = _harmonic_mean(
        found["b_cubed_precision"], found["b_cubed_recall"]
    )
    return found


def _harmonic_mean(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0
