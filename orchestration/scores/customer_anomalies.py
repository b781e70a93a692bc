"""Who did in the last 30 days what is not usual: the score `customer_anomalies`.

What a customer spends, has refunded and how often he logs in is compared with his own
30 days before, as far as there are any, and with everybody's where there are not: each
customer has a usual logarithm of his own, spread over customers, and months are spread
around it (a normal distribution of normal distributions; medians and their deviations
throughout, so that what is unusual does not say what is usual).

Belongs here: what is usual, how far the last 30 days are from it, and how many months
that were made unusual are found. Does not belong here: what is called fraud (the mart).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.scores.backtest import Measure
from orchestration.scores.likelihood import Floats
from orchestration.scores.score import Learnt, Score

MODEL = "distance_from_own_usual"
BASELINE = "distance_from_everybody"
SIGNALS = {
    "spend": "orders_reporting",
    "orders": "orders",
    "refunds": "refunds_reporting",
    "logins": "logins",
}
"""What is watched, and the column of features.customer_days that it sums up."""
MONTH_DAYS = 30
_MONTHS = 12  # that are looked back on
_TELLING = 4  # months from which a customer's own deviations are taken
_NARROWEST = 0.35  # deviation of a logarithm; one login or two are no difference
_MADE_UNUSUAL = 5.0  # times the largest month, in the backtest
_EVERY = 20  # customer of those is made unusual
_FEWEST = 100  # customers, below which too few are made unusual to judge by

_NOW = """
with

months as (

    select
        customer_id,
        date_diff('day', active_on, $until) // $month as months_ago,
        ln(1 + sum({column})) as amount
    from features.customer_days
    where active_on <= $until
    group by all
    having sum({column}) > 0 and months_ago < $months

),

usual as (

    select
        customer_id,
        count(*) filter (where months_ago > 0) as months,
        median(amount) filter (where months_ago > 0) as median,
        max(amount) filter (where months_ago > 0) as largest,
        max(amount) filter (where months_ago = 0) as now
    from months
    group by customer_id

),

everybody as (

    select
        coalesce(median(amount), 0) as median,
        coalesce(mad(amount), 0) as deviation
    from months
    where months_ago > 0

),

own as (

    select coalesce(median(abs(months.amount - usual.median)), 0) as deviation
    from months
    inner join usual on months.customer_id = usual.customer_id
    where months.months_ago > 0 and usual.months >= $telling

)

select
    usual.customer_id,
    usual.months,
    coalesce(usual.median, 0) as median,
    coalesce(usual.largest, usual.now) as largest,
    usual.now,
    everybody.median as median_of_all,
    everybody.deviation as deviation_of_all,
    own.deviation as own_deviation
from usual
cross join everybody
cross join own
where usual.now is not null
order by usual.customer_id
"""


@dataclass(frozen=True)
class Known:
    """One signal of customers in the last 30 days and before, as logarithms.

    Attributes:
        customers: with any of it in the last 30 days.
        months: before these that had any.
        median: of those months; 0 without any.
        largest: of those; that of the last 30 days without any.
        now: in the last 30 days.
        median_of_all: of all such months of all customers.
        spread: deviations of customers around it, and of months around a customer's.
    """

    customers: pa.Array
    months: Floats
    median: Floats
    largest: Floats
    now: Floats
    median_of_all: float
    spread: tuple[float, float]

    def usual(self) -> Floats:
        """Return what each customer's month is usually like, drawn to everybody's."""
        worth = self._worth()
        return (self.months * self.median + worth * self.median_of_all) / (
            self.months + worth
        )

    def distance_from_own(self) -> Floats:
        """Return by how many deviations the last 30 days are above the usual."""
        between, within = self.spread
        worth = self._worth()
        unknown = between**2 * worth / (self.months + worth)
        return (self.now - self.usual()) / np.sqrt(within**2 + unknown)

    def distance_from_everybody(self) -> Floats:
        """Return by how many deviations they are above those of the mean customer."""
        if not len(self.now):
            return self.now
        return (self.now - self.now.mean()) / max(self.now.std(), _NARROWEST)

    def _worth(self) -> float:
        """Return how many months of his own everybody's are worth."""
        between, within = self.spread
        return within**2 / between**2


def read_known(
    connection: duckdb.DuckDBPyConnection, until: date, signal: str
) -> Known:
    """Read one signal of the 30 days up to the day `until`, and of those before."""
    rows = connection.sql(
        _NOW.format(column=SIGNALS[signal]),
        params={
            "until": until,
            "month": MONTH_DAYS,
            "months": _MONTHS,
            "telling": _TELLING,
        },
    ).to_arrow_table()
    customers, *figures = rows.columns
    months, median, largest, now, of_all, all_deviation, own_deviation = (
        figure.cast(pa.float64()).to_numpy() for figure in figures
    )
    # 1.4826 times the median deviation is the standard deviation of a normal.
    total = 1.4826 * all_deviation.max(initial=0)
    within = max(1.4826 * own_deviation.max(initial=0), _NARROWEST)
    between = np.sqrt(max(total**2 - within**2, _NARROWEST**2))
    return Known(
        customers.combine_chunks(),
        months,
        median,
        largest,
        now,
        float(of_all.max(initial=0)),
        (float(between), float(within)),
    )


def backtest(known: dict[str, Known]) -> list[Measure]:
    """Make some months unusual, and count how many of them each distance puts first.

    Nobody says which customers were frauds, so the last 30 days of every twentieth
    are made five times the largest that he ever had. The figure is the share of these
    among as many customers with the largest distance; some are unusual as it is.

    Returns:
        What was found by signal and of all; nothing with fewer than 100 customers.
    """
    counts = {}
    for signal, one in known.items():
        if len(one.now) < _FEWEST:
            continue
        made = np.arange(len(one.now)) % _EVERY == 0
        raised = np.log1p(_MADE_UNUSUAL * np.expm1(np.maximum(one.largest, one.now)))
        changed = replace(one, now=np.where(made, raised, one.now))
        counts[signal] = [
            made.sum(),
            *(
                made[np.argsort(-distance, kind="stable")[: made.sum()]].sum()
                for distance in (
                    changed.distance_from_own(),
                    changed.distance_from_everybody(),
                )
            ),
        ]
    if counts:
        counts["all_signals"] = np.sum([*counts.values()], axis=0).tolist()
    return [
        Measure(
            f"made_unusual_{signal}",
            "precision",
            int(made),
            float(model / made),
            float(baseline / made),
            bool(model > baseline),
            signal == "all_signals",
        )
        for signal, (made, model, baseline) in counts.items()
    ]


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Score all who did anything of it, by their own usual if that finds more."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    known = {signal: read_known(connection, as_of.date(), signal) for signal in SIGNALS}
    measures = backtest(known)
    wins = any(m.decides and m.is_better for m in measures)
    parts = [_rows(signal, one, wins) for signal, one in known.items()]
    scores = reduce(
        lambda left, right: left.join(right, "customer_id", join_type="full outer"),
        parts,
    )
    return Learnt(
        model=MODEL if wins else BASELINE,
        candidate=MODEL,
        baseline=BASELINE,
        as_of=as_of,
        holdout_days=MONTH_DAYS,
        scores=scores,
        measures=measures,
    )


def _rows(signal: str, known: Known, by_own: bool) -> pa.Table:
    """Return the customers of one signal, its columns named after it."""
    distance = known.distance_from_own() if by_own else known.distance_from_everybody()
    return pa.table(
        {
            "customer_id": known.customers,
            f"{signal}_30_days": np.expm1(known.now),
            f"{signal}_usual": np.expm1(known.usual()),
            f"{signal}_distance": distance,
        }
    )


SCORE = Score(
    "customer_anomalies",
    "How far the last 30 days of each customer are from the customer's own usual, in "
    "spend, orders, refunds and logins, or from everybody's where that finds more.",
    ("features.customer_days", "core.as_of"),
    learn,
)
