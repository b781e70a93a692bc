"""Who buys what and when: the published processes behind the sample world.

Purchases follow BG/NBD (Fader, Hardie and Lee 2005): each person buys at a rate of
their own, drawn from a gamma distribution, and may drop out for good after any
purchase, with a probability of their own, drawn from a beta distribution. The value of
a purchase follows gamma-gamma (Fader and Hardie 2013). E-mails that are clicked cause
extra purchases; so do the incidents of `incidents.py`, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.universe.arrays import (
    DAY,
    Arrays,
    at_hour,
    poisson_times,
    previous_of,
    rank_within,
    select,
)
from orchestration.universe.world import FUTURE_DAYS, World

YEAR = 365 * DAY
MAX_ORDERS = 400
"""Orders a person can have at most; ids leave room for so many."""


@dataclass(frozen=True)
class Cast:
    """The people of a chunk as arrays, in the order of the table `people`."""

    i: np.ndarray
    joined: np.ndarray
    longitude: np.ndarray
    online: np.ndarray
    member: np.ndarray
    reads: np.ndarray
    has_ticket_user: np.ndarray
    shop_user: np.ndarray

    def __len__(self) -> int:
        return len(self.i)


def horizon(world: World) -> tuple[float, float, float]:
    """Return start, end and simulated end of a world in epoch seconds."""
    start = world.start.replace(tzinfo=None)
    epoch = (start - start.__class__(1970, 1, 1)).total_seconds()
    end = epoch + world.days * DAY
    return epoch, end, end + FUTURE_DAYS * DAY


def simulate_habits(world: World, chunk: int, cast: Cast) -> Arrays:
    """Draw what is particular to each person: rates, dropout, spend, hours."""
    rng = world.rng("habits", chunk)
    n = len(cast)
    shape = 0.9
    return {
        "rate": rng.gamma(shape, 15.0 / shape, n) / YEAR,
        "dropout": rng.beta(1.0, 8.0, n),
        "store_rate": rng.gamma(1.2, 4.6 / 1.2, n) / YEAR,
        "mean_spend": 70 * 2.5 / rng.gamma(3.5, 1.0, n),
        "hour": np.where(rng.random(n) < 0.6, 20.0, 12.5) + rng.normal(0, 2, n),
        "opens": rng.beta(2.0, 3.2, n),
        "is_holdout": rng.random(n) < 0.1,
        "taste": rng.random(n),
    }


def simulate_orders(
    world: World, chunk: int, cast: Cast, habits: Arrays, clicks: Arrays
) -> Arrays:
    """Simulate web orders until the horizon, those caused by e-mails included."""
    rng = world.rng("orders", chunk)
    start, _, stop = horizon(world)
    begin = np.maximum(cast.joined, start)
    rate = habits["rate"] * np.where(cast.online, 1.0, 0.03)
    owner, times = poisson_times(rng, begin, stop, rate)
    buys_first = (cast.joined >= start) & cast.online & (rng.random(len(cast)) < 0.8)
    first = np.flatnonzero(buys_first)
    owner = np.r_[owner, first]
    times = np.r_[times, cast.joined[first] + 300 + 3000 * rng.random(len(first))]
    is_first = np.r_[np.zeros(len(times) - len(first), bool), np.ones(len(first), bool)]
    lifetime = rng.geometric(np.clip(habits["dropout"], 0.005, 1.0))
    order = np.lexsort((times, owner))
    owner, times, is_first = owner[order], times[order], is_first[order]
    alive = rank_within(owner) < lifetime[owner]
    owner, times, is_first = owner[alive], times[alive], is_first[alive]
    local = habits["hour"][owner] - cast.longitude[owner] / 15
    times = np.where(is_first, times, at_hour(rng, times, local, 2.5))
    times = np.maximum(times, cast.joined[owner] + 120)

    caused = (rng.random(len(clicks["owner"])) < 0.12) & cast.online[clicks["owner"]]
    owner = np.r_[owner, clicks["owner"][caused]]
    mail = np.r_[np.full(len(times), -1), clicks["campaign"][caused]]
    delay = 300 + 5400 * rng.random(int(caused.sum()))
    times = np.r_[times, clicks["occurred_at"][caused] + delay]
    order = np.lexsort((times, owner))
    owner, times, mail = owner[order], np.floor(times[order]), mail[order]
    rank = rank_within(owner)
    owner, times, mail, rank = (
        a[rank < MAX_ORDERS] for a in (owner, times, mail, rank)
    )
    n = len(owner)

    quarter = ((times - start) // (91 * DAY)).astype("int64")
    from_ad = (mail < 0) & (rng.random(n) < 0.28)
    bad = rng.random(n) < 0.07
    return {
        "i": cast.i[owner],
        "owner": owner,
        "rank": rank,
        "order_no": cast.i[owner] * MAX_ORDERS + rank,
        "occurred_at": times,
        "mail_campaign": mail,
        "ad_campaign": np.where(from_ad, quarter * 6 + rng.integers(0, 6, n), -1),
        "is_guest": ~cast.shop_user[owner] | (rng.random(n) < 0.04),
        "is_test": rng.random(n) < 0.001,
        "is_bad": bad,
        "is_refunded": np.where(bad, rng.random(n) < 0.5, rng.random(n) < 0.04),
        "is_partial": rng.random(n) < 0.5,
        "is_cancelled": rng.random(n) < 0.02,
        "has_discount": rng.random(n) < 0.22,
        "u_channel": rng.random(n),
        "u_status": rng.random(n),
        "u_other": rng.random(n),
        "line_count": 1 + np.minimum(rng.poisson(0.8, n), 4),
        "value": rng.gamma(5.0, habits["mean_spend"][owner] / 5.0),
        "taste": habits["taste"][owner],
    }


def further_orders(
    world: World, chunk: int, cast: Cast, habits: Arrays, orders: Arrays, wanted: Arrays
) -> Arrays:
    """Return orders that something else than the habits of people causes.

    They come after `orders` in the numbers of their owners, so that those stay as they
    are, and have their columns.

    Args:
        world: the world, for its random streams.
        chunk: number of the chunk.
        cast: the people.
        habits: what is particular to each of them.
        orders: the orders that there are.
        wanted: owner, occurred_at, times_usual (of the value), has_discount and
            is_refunded of each further order.
    """
    rng = world.rng("further orders", chunk)
    wanted = select(wanted, np.lexsort((wanted["occurred_at"], wanted["owner"])))
    before = np.bincount(orders["owner"], minlength=len(cast))
    rank = before[wanted["owner"]] + rank_within(wanted["owner"])
    wanted, rank = select(wanted, rank < MAX_ORDERS), rank[rank < MAX_ORDERS]
    owner, n = wanted["owner"], len(rank)
    spend = habits["mean_spend"][owner] * wanted["times_usual"]
    drawn = {
        "i": cast.i[owner],
        "owner": owner,
        "rank": rank,
        "order_no": cast.i[owner] * MAX_ORDERS + rank,
        "occurred_at": wanted["occurred_at"],
        "mail_campaign": np.full(n, -1),
        "ad_campaign": np.full(n, -1),
        "is_refunded": wanted["is_refunded"],
        "has_discount": wanted["has_discount"],
        "u_channel": rng.random(n),
        "u_status": 0.2 * rng.random(n),
        "u_other": rng.random(n),
        "line_count": 1 + np.minimum(rng.poisson(0.8, n), 4),
        "value": rng.gamma(5.0, spend / 5.0),
        "taste": habits["taste"][owner],
    }
    no = np.zeros(n, bool)
    return {name: drawn.get(name, no).astype(of.dtype) for name, of in orders.items()}


def simulate_visits(world: World, chunk: int, cast: Cast, habits: Arrays) -> Arrays:
    """Simulate till transactions of members, of which the till knows two in three.

    A return gives back the person's purchase just before it (`original_no`).
    """
    rng = world.rng("visits", chunk)
    start, _, stop = horizon(world)
    rate = habits["store_rate"] * cast.member
    owner, times = poisson_times(rng, np.maximum(cast.joined, start), stop, rate)
    local = 14.0 - cast.longitude[owner] / 15
    times = at_hour(rng, times, local, 2.2)
    times = np.maximum(times, cast.joined[owner] + 120)
    owner = owner[np.argsort(times, kind="stable")]
    times = np.floor(np.sort(times, kind="stable"))
    n = len(owner)
    known = rng.random(n) < 0.67
    before = previous_of(owner)
    returns = rng.random(n) < 0.045
    returns &= (before >= 0) & ~returns[before] & (times > times[before])
    first_no = int(cast.i[0]) * 100
    return {
        "i": cast.i[owner],
        "visit_no": first_no + np.arange(n),
        "original_no": np.where(returns, first_no + before, -1),
        "occurred_at": times,
        "is_known": known,
        "is_return": returns,
        "u_register": rng.random(n),
        "u_payment": rng.random(n),
        "u_other": rng.random(n),
        "line_count": 1 + np.minimum(rng.poisson(1.3, n), 6),
        "value": rng.gamma(4.0, 0.6 * habits["mean_spend"][owner] / 4.0),
        "taste": habits["taste"][owner],
    }


def draw_lines(
    world: World, chunk: int, stream: str, heads: Arrays, key: str, prices: np.ndarray
) -> Arrays:
    """Choose products so that the lines of a purchase sum to about its value.

    Args:
        world: the world, for its random streams.
        chunk: number of the chunk.
        stream: name of the random stream.
        heads: the purchases, with `line_count`, `value` and `taste`.
        key: the column that identifies a purchase.
        prices: prices of all products, ascending.
    """
    rng = world.rng(stream, chunk)
    head = np.repeat(np.arange(len(heads["occurred_at"])), heads["line_count"])
    n = len(head)
    quantity = 1 + (rng.random(n) < 0.12) + (rng.random(n) < 0.03)
    target = heads["value"][head] / heads["line_count"][head] / quantity
    target = target * rng.gamma(8.0, 1 / 8.0, n)
    product = np.searchsorted(prices, target)
    preferred = np.floor(heads["taste"][head] * 7) - 3
    product = product + preferred + rng.integers(-2, 3, n)
    return {
        key: heads[key][head],
        "line_no": rank_within(head) + 1,
        "product": np.clip(product, 0, len(prices) - 1).astype("int64"),
        "quantity": quantity,
        "u_line": rng.random(n),
    }
