"""When to write to each customer: the score `send_times`.

Few customers act often enough in a channel to show their hours. What one's own acts do
not say is taken from one's acts in other channels, and what these do not say from
everybody's; how far, the data tells (empirical Bayes).

Belongs here: hours of acts, the expected share of each hour, and what the best hour
hits of days that it was not shown. Does not belong here: who may be written to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from orchestration.scores.backtest import Measure
from orchestration.scores.likelihood import Floats
from orchestration.scores.score import Learnt, Score

MODEL = "own_hours_shrunk"
BASELINE = "best_hour_of_all"
CHANNELS = ("email", "sms", "app", "phone")
PERIOD_DAYS = 90
HOURS = 24
_SAMPLE = 20_000  # customers; more do not tell better how alike customers are
_LARGEST = np.exp(9)  # number of acts that an expectation can be worth

_ACTS = """
select
    customer_id,
    if(list_contains($channels, channel), channel, 'other') as channel,
    local_hour,
    sum(acts) filter (where occurred_on <= $until) as acts,
    sum(acts) filter (where occurred_on > $until) as acts_after
from features.customer_hours
where occurred_on <= $until + cast($period as integer)
group by all
"""


@dataclass(frozen=True)
class Known:
    """Acts of customers by hour, up to the end of a day, and in the period after.

    Attributes:
        customers: all identified customers, in order; rows of the arrays.
        acts: by channel of `CHANNELS` and 'other', an array of customers by hours.
        acts_after: the same of the period after.
    """

    customers: pa.Array
    acts: dict[str, np.ndarray]
    acts_after: dict[str, np.ndarray]


@dataclass(frozen=True)
class Times:
    """What is expected of a channel; arrays of one entry per customer.

    Attributes:
        best_hour: around which most acts are expected, an hour to either side.
        share: of the customer's acts that are expected in these three hours.
        hour_of_all: the best hour of the average customer.
        share_of_all: of that customer's acts that are expected around it.
    """

    best_hour: np.ndarray
    share: Floats
    hour_of_all: int
    share_of_all: float


def read_known(connection: duckdb.DuckDBPyConnection, until: date) -> Known:
    """Read the acts of identified customers by the end of a day, and after it."""
    customers = (
        connection.sql(
            "select customer_id from features.usable_customers order by customer_id"
        )
        .to_arrow_table()["customer_id"]
        .combine_chunks()
    )
    rows = connection.sql(
        _ACTS,
        params={"until": until, "period": PERIOD_DAYS, "channels": list(CHANNELS)},
    ).to_arrow_table()
    place = pc.index_in(rows["customer_id"], customers)
    is_known = pc.is_valid(place)
    rows, place = rows.filter(is_known), place.filter(is_known).to_numpy()
    hour, channel = rows["local_hour"].to_numpy(), rows["channel"].to_numpy()

    def counts(name: str) -> dict[str, np.ndarray]:
        values = pc.fill_null(rows[name].cast("int64"), 0).to_numpy()
        found = {}
        for one in (*CHANNELS, "other"):
            found[one] = np.zeros((len(customers), HOURS), "uint16")
            here = channel == one
            found[one][place[here], hour[here]] = np.minimum(values[here], 65_535)
        return found

    return Known(customers, counts("acts"), counts("acts_after"))


def shrinkage(acts: Floats, expected: Floats) -> float:
    """Return how many acts the expectation is worth: little if customers differ much.

    The precision of the Dirichlet distribution around `expected` under which the acts
    are the likeliest (Minka, "Estimating a Dirichlet distribution", 2000).

    Args:
        acts: customers by hours; those without any say nothing.
        expected: shares of the hours, of all or one row per customer.
    """
    telling = np.flatnonzero(acts.sum(axis=1) > 1)
    if not len(telling):
        return float(_LARGEST)
    telling = telling[:: -(-len(telling) // _SAMPLE)]
    expected = np.broadcast_to(expected, acts.shape)[telling]
    acts = acts[telling].astype(float)
    cells = acts.nonzero()
    count, total = acts[cells], acts.sum(axis=1)
    shares = expected[cells]

    def descent(log_precision: float) -> float:
        precision = np.exp(log_precision)
        prior = precision * shares
        return -float(
            (gammaln(count + prior) - gammaln(prior)).sum()
            - (gammaln(total + precision) - gammaln(precision)).sum()
        )

    bounds = (-4, np.log(_LARGEST))
    return float(np.exp(minimize_scalar(descent, bounds=bounds, method="bounded").x))


def best_times(known: Known) -> dict[str, Times]:
    """Find the best hour of every customer in every channel."""
    everything = np.add.reduce([*known.acts.values()], dtype="int64")
    of_all = _shares(everything.sum(axis=0))
    found = {}
    for channel in CHANNELS:
        own = known.acts[channel]
        in_channel = _shares(own.sum(axis=0) + HOURS * of_all)
        elsewhere = everything - own
        worth = shrinkage(elsewhere, of_all)
        # Somebody's hours elsewhere, and what this channel's hours are to all others'.
        prior = _towards(elsewhere, of_all, worth) * (in_channel / of_all)
        prior /= prior.sum(axis=1, keepdims=True)
        share = _around(_towards(own, prior, shrinkage(own, prior)))
        near = _around(in_channel)
        found[channel] = Times(
            share.argmax(axis=1),
            share.max(axis=1),
            int(near.argmax()),
            float(near.max()),
        )
    return found


def backtest(connection: duckdb.DuckDBPyConnection, until: date) -> list[Measure]:
    """Compare the hours with those of acts in the last period, which were not shown.

    The figure is the share of acts that fell within an hour of the best one, of
    customers who had acted before; each act counts once. Each channel decides for
    itself: where people act when they are written to, their own hours do not show.

    Returns:
        What was found by channel and of all; nothing without such acts.
    """
    known = read_known(connection, until - timedelta(days=PERIOD_DAYS))
    has_acted = np.add.reduce([*known.acts.values()], dtype="int64").any(axis=1)
    counts = {}
    for channel, times in best_times(known).items():
        after = known.acts_after[channel][has_acted].astype(float)
        near = _around(after)
        rows = np.arange(len(near))
        counts[channel] = np.array(
            [
                after.sum(),
                near[rows, times.best_hour[has_acted]].sum(),
                near[:, times.hour_of_all].sum(),
            ]
        )
    counts["all_channels"] = np.sum([*counts.values()], axis=0)
    return [
        Measure(
            channel,
            "share_within_an_hour",
            int(acts),
            model / acts,
            baseline / acts,
            bool(model > baseline),
            channel != "all_channels",
        )
        for channel, (acts, model, baseline) in counts.items()
        if acts
    ]


def learn(connection: duckdb.DuckDBPyConnection) -> Learnt:
    """Find the best hours, by own acts in the channels where these beat everybody's."""
    ((as_of,),) = connection.execute("select as_of from core.as_of").fetchall()
    until = as_of.date()
    measures = backtest(connection, until)
    won = {m.target for m in measures if m.decides and m.is_better}
    known = read_known(connection, until)
    total = np.add.reduce([*known.acts.values()], dtype="int64").sum(axis=1)
    parts = []
    for channel, times in best_times(known).items():
        size = len(known.customers)
        own = known.acts[channel].sum(axis=1, dtype="int64")
        hour, share = times.best_hour, times.share
        if channel not in won:
            hour = np.full(size, times.hour_of_all)
            share = np.full(size, times.share_of_all)
        parts.append(
            pa.table(
                {
                    "customer_id": known.customers,
                    "channel": pa.repeat(channel, size),
                    "best_hour": hour.astype("int32"),
                    "expected_share": share,
                    "is_by_own_acts": pa.repeat(channel in won, size),
                    "acts_in_channel": own.astype("int32"),
                    "acts_elsewhere": (total - own).astype("int32"),
                }
            )
        )
    return Learnt(
        model=MODEL if won else BASELINE,
        candidate=MODEL,
        baseline=BASELINE,
        as_of=as_of,
        holdout_days=PERIOD_DAYS,
        scores=pa.concat_tables(parts),
        measures=measures,
    )


def _shares(counts: Floats) -> Floats:
    """Return counts of hours as shares; no hour has none."""
    return (counts + 1 / HOURS) / (counts.sum() + 1)


def _towards(acts: np.ndarray, expected: Floats, worth: float) -> Floats:
    """Return the shares of hours, drawn to what is expected by its worth in acts."""
    return (acts + worth * expected) / (acts.sum(axis=1, keepdims=True) + worth)


def _around(hours: Floats) -> Floats:
    """Return the sum of each hour and its neighbours; midnight has neighbours too."""
    return hours + np.roll(hours, 1, axis=-1) + np.roll(hours, -1, axis=-1)


SCORE = Score(
    "send_times",
    "The hour at which each customer is the likeliest to act in each channel, by own "
    "acts as far as they tell, or that of all customers where it hit more.",
    ("features.customer_hours", "features.usable_customers", "core.as_of"),
    learn,
)
