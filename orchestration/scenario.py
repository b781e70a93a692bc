"""What if customers of a segment paid more, bought more often, or left sooner?

It changes the expectations of `customer_value` and sums them. Belongs here: the sums,
from the published release. Does not belong here: how a terminal shows them
(commands/scenario.py), and the expectations themselves (scores/customer_value.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

EVERYBODY = "everybody"

# Chance of being active after the change, by the chance before it: what churn takes
# away from it is changed by the given share, and never below nobody or beyond all.
_OUTCOMES = """
with

members as (

    select
        segment_id,
        customer_id,
        segment_id = any($segments) or len($segments) = 0 as is_meant
    from marts.segment_members

),

meant as (

    select distinct customer_id from members where is_meant
    union
    select customer_id from marts.customer_value where len($segments) = 0

),

expected as (

    select
        worth.customer_id,
        meant.customer_id is not null as is_meant,
        cast(worth.expected_purchase_value_reporting as double) as price,
        cast(worth.expected_purchases_90_days as double) as next_90_days,
        cast(worth.expected_purchases_365_days as double) as next_365_days,
        coalesce(
            greatest(0, 1 - (1 - worth.probability_active) * (1 + $churn))
            / nullif(worth.probability_active, 0),
            1
        ) as staying
    from marts.customer_value as worth
    left join meant on worth.customer_id = meant.customer_id

),

changed as (

    select
        *,
        if(
            is_meant,
            (1 + $price) * (1 + $frequency) * staying
            * greatest(0, 1 + $elasticity * $price),
            1.0
        ) as factor
    from expected

),

shown as (

    select segment_id, customer_id from members where is_meant
    union all
    select $everybody as segment_id, customer_id from changed

)

select
    shown.segment_id,
    coalesce(any_value(segments.name), 'Everybody') as name,
    count(*) as customers,
    sum(next_90_days * price) as revenue_90_days,
    sum(next_90_days * price * factor) as changed_revenue_90_days,
    sum(next_365_days * price) as revenue_365_days,
    sum(next_365_days * price * factor) as changed_revenue_365_days
from shown
inner join changed on shown.customer_id = changed.customer_id
left join marts.segments as segments on shown.segment_id = segments.segment_id
group by shown.segment_id
order by shown.segment_id = $everybody desc, changed_revenue_365_days desc, 1
"""


@dataclass(frozen=True)
class Change:
    """What would change for the customers who are meant, as shares: 0.05 is 5 % more.

    Attributes:
        price: of what a purchase is worth.
        frequency: of how often they buy.
        churn: of their chance to have left for good.
        elasticity: of purchases for each per cent of price, usually below 0.
    """

    price: float = 0
    frequency: float = 0
    churn: float = 0
    elasticity: float = 0


@dataclass(frozen=True)
class Outcome:
    """Revenue expected of a segment's customers without the change and with it.

    Money is in the reporting currency; customers are those who ever bought.
    """

    segment_id: str
    name: str
    customers: int
    revenue_90_days: float
    changed_revenue_90_days: float
    revenue_365_days: float
    changed_revenue_365_days: float


def play(
    release: duckdb.DuckDBPyConnection, segments: Sequence[str], change: Change
) -> list[Outcome]:
    """Return what is expected of everybody and of each segment that is meant.

    Args:
        release: the published marts.
        segments: ids of the segments whose customers change; all customers if none.
        change: what changes for them.

    Raises:
        ValueError: nothing changes, a segment is unknown, or churn is asked of a
            release whose forecast does not know it.
    """
    if not (change.price or change.frequency or change.churn):
        raise ValueError("Nothing would change: give --price, --frequency or --churn.")
    for column in (change.price, change.frequency, change.churn):
        if column < -1:
            raise ValueError("Nothing can fall by more than 100 per cent.")
    known = [
        segment
        for (segment,) in release.execute(
            "select segment_id from marts.segments order by 1"
        ).fetchall()
    ]
    for segment in segments:
        if segment not in known:
            near = get_close_matches(segment, known, n=1, cutoff=0.75)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ValueError(
                f"There is no segment {segment}.{hint} There are {', '.join(known)}."
            )
    if change.churn and not _knows_churn(release):
        raise ValueError(
            "Who has left is not known: customer_value repeats the last period, since "
            "that forecast better (marts.model_performance). Leave out --churn."
        )
    rows = release.execute(
        _OUTCOMES,
        {**vars(change), "segments": list(segments), "everybody": EVERYBODY},
    ).fetchall()
    return [Outcome(*row) for row in rows]


def _knows_churn(release: duckdb.DuckDBPyConnection) -> bool:
    return bool(
        release.execute(
            "select 1 from marts.customer_value "
            "where probability_active is not null limit 1"
        ).fetchall()
    )
