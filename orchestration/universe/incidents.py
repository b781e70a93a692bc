"""What is done to some people, with an effect that the truth knows.

An experiment with a voucher, of which a half of the invited is the control group, and a
few accounts that are misused. Both add orders to those that people place of their own.

Belongs here: whom it happens to, and when. Does not belong here: what an order is
(`purchases.py`), and how a system tells of it.
"""

from __future__ import annotations

import numpy as np

from orchestration.universe.arrays import DAY, Arrays
from orchestration.universe.purchases import Cast, horizon
from orchestration.universe.world import World

VOUCHER_DAYS = 45
"""Days before the end of the history on which the arms are drawn."""

FRAUDS = ("account_takeover", "refund_abuse", "stolen_card")
_MOVED = 0.15  # of those who get a voucher order because of it
_DEFRAUDED = 0.01  # of accounts
_ORDERS = np.array([4, 5, 3])  # of each kind of fraud
_DAYS_BEFORE_END = np.array([6, 28, 8])  # refunds take up to three weeks
_TIMES_USUAL = np.array([5.0, 1.5, 8.0])  # how much such an order is worth
_LOGINS = 25


def simulate_voucher(world: World, chunk: int, cast: Cast, habits: Arrays) -> Arrays:
    """Draw the arms of the voucher, and whom it moves to order within ten days.

    Who is in the control group may be moved as well, but is never asked: the share of
    the moved is what the experiment should find.
    """
    rng = world.rng("voucher", chunk)
    start, end, _ = horizon(world)
    at = end - VOUCHER_DAYS * DAY + 10 * 3600
    invited = cast.reads & cast.online & cast.shop_user & ~habits["is_holdout"]
    owner = np.flatnonzero(invited & (cast.joined < at) & (start < at))
    n = len(owner)
    return {
        "i": cast.i[owner],
        "owner": owner,
        "is_treated": rng.random(n) < 0.5,
        "is_moved": rng.random(n) < _MOVED,
        "assigned_at": np.full(n, at),
        "orders_at": np.floor(at + 3600 + 10 * DAY * rng.random(n)),
    }


def simulate_frauds(world: World, chunk: int, cast: Cast) -> Arrays:
    """Draw whose account is misused in the last month, how, and from when on."""
    rng = world.rng("frauds", chunk)
    start, end, _ = horizon(world)
    is_hit = rng.random(len(cast)) < _DEFRAUDED
    kind = rng.integers(0, len(FRAUDS), len(cast))
    at = np.floor(end - (_DAYS_BEFORE_END[kind] - rng.random(len(cast))) * DAY)
    is_hit &= cast.online & cast.shop_user & (cast.joined < at) & (start < at)
    owner = np.flatnonzero(is_hit)
    return {
        "i": cast.i[owner],
        "owner": owner,
        "fraud": kind[owner],
        "began_at": at[owner],
    }


def caused_orders(voucher: Arrays, frauds: Arrays) -> Arrays:
    """Return the orders that follow, as `purchases.further_orders` wants them."""
    bought = voucher["is_treated"] & voucher["is_moved"]
    count = _ORDERS[frauds["fraud"]]
    misused = np.repeat(np.arange(len(count)), count)
    kind = frauds["fraud"][misused]
    place = np.arange(len(misused)) - np.repeat(np.cumsum(count) - count, count)
    calm, n = int(bought.sum()), len(misused)
    return {
        "owner": np.r_[voucher["owner"][bought], frauds["owner"][misused]],
        "occurred_at": np.r_[
            voucher["orders_at"][bought],
            frauds["began_at"][misused] + 7200 + place * 5400,
        ],
        "times_usual": np.r_[np.ones(calm), _TIMES_USUAL[kind]],
        "has_discount": np.r_[np.ones(calm, bool), np.zeros(n, bool)],
        "is_refunded": np.r_[
            np.zeros(calm, bool), FRAUDS.index("refund_abuse") == kind
        ],
    }


def misused_logins(
    world: World, chunk: int, frauds: Arrays, sessions: Arrays
) -> Arrays:
    """Return sessions in which somebody else logs in, after those there are."""
    rng = world.rng("misused logins", chunk)
    taken = np.flatnonzero(frauds["fraud"] == FRAUDS.index("account_takeover"))
    fraud = np.repeat(taken, _LOGINS)
    n, there = len(fraud), len(sessions["session_no"])
    alike = {
        "session_no": sessions["session_no"][:1] // 10_000_000 * 10_000_000
        + there
        + np.arange(n),
        "i": frauds["i"][fraud],
        "occurred_at": np.floor(frauds["began_at"][fraud] + 2 * DAY * rng.random(n)),
        "views": np.ones(n, int),
        "pace": rng.integers(12, 90, n),
        "is_logged_in": np.ones(n, bool),
        "u_product": rng.random(n),
    }
    nowhere = {"visitor", "order_no", "ad_campaign", "mail_campaign"}
    return {
        name: np.r_[
            values,
            alike.get(name, np.full(n, -1 if name in nowhere else 0)),
        ].astype(values.dtype)
        for name, values in sessions.items()
    }
