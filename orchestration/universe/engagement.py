"""What people read, browse, complain about and answer.

Campaign e-mails, web sessions, support tickets and survey answers: each follows from
the purchases and habits of the person, so that satisfaction, churn and campaign effect
in the files hang together.
"""

from __future__ import annotations

import numpy as np

from orchestration.universe.arrays import DAY, Arrays, at_hour, poisson_times, select
from orchestration.universe.purchases import YEAR, Cast, horizon
from orchestration.universe.world import World


def campaign_count(world: World) -> int:
    """Return how many weekly e-mail campaigns the horizon holds."""
    start, _, stop = horizon(world)
    return int((stop - start) // (7 * DAY))


def campaign_send_times(world: World) -> np.ndarray:
    """Return when each weekly campaign is sent: 9 o'clock, three days into a week."""
    start, _, _ = horizon(world)
    return start + (np.arange(campaign_count(world)) * 7 + 3) * DAY + 9 * 3600


def simulate_mails(world: World, chunk: int, cast: Cast, habits: Arrays) -> Arrays:
    """Simulate campaign e-mails: one row per e-mail sent, with what became of it.

    A tenth of the readers is held out of every campaign: against them the effect of
    campaigns can be measured.
    """
    rng = world.rng("mails", chunk)
    sends = campaign_send_times(world)
    readers = np.flatnonzero(cast.reads & ~habits["is_holdout"])
    shape = (len(readers), len(sends))
    sent = rng.random(shape, dtype="float32") < 0.85
    sent &= sends[None, :] > cast.joined[readers][:, None] + 20 * DAY
    leaves = sent & (rng.random(shape, dtype="float32") < 0.004)
    gone = np.cumsum(leaves, axis=1) - leaves > 0
    sent &= np.logical_not(gone)
    row, campaign = np.nonzero(sent)
    owner = readers[row]
    n = len(owner)
    at = np.floor(sends[campaign] + rng.integers(0, 1800, n))
    bounced = rng.random(n) < 0.008
    left = leaves[row, campaign] & ~bounced
    opened = ~bounced & ((rng.random(n) < habits["opens"][owner]) | left)
    clicked = opened & ~left & (rng.random(n) < 0.22)
    opened_at = at + 60 + rng.exponential(5 * 3600, n)
    return {
        "i": cast.i[owner],
        "owner": owner,
        "campaign": campaign,
        "occurred_at": at,
        "is_bounced": bounced,
        "is_opened": opened,
        "is_clicked": clicked,
        "is_unsubscribed": left,
        "is_complaint": opened & (rng.random(n) < 0.0008),
        "opened_at": np.floor(opened_at),
        "clicked_at": np.floor(opened_at + 20 + rng.exponential(90, n)),
    }


def clicks_of(mails: Arrays) -> Arrays:
    """Return who clicked in which campaign, and when."""
    clicked = select(mails, mails["is_clicked"])
    return {
        "owner": clicked["owner"],
        "campaign": clicked["campaign"],
        "occurred_at": clicked["clicked_at"],
    }


def simulate_sessions(
    world: World, chunk: int, cast: Cast, habits: Arrays, orders: Arrays
) -> Arrays:
    """Simulate web and app sessions: those that end in an order, and others.

    Six in ten orders leave no session: their buyers refuse to be measured. Visitors
    who never say who they are have `owner` -1, and so have bots.
    """
    rng = world.rng("sessions", chunk)
    start, _, stop = horizon(world)
    begin = np.maximum(cast.joined - 5 * DAY, start)
    rate = np.where(cast.online, 3.2, 0.0) / YEAR * (0.4 + habits["rate"] * YEAR / 20)
    owner, times = poisson_times(rng, begin, stop, rate)
    local = habits["hour"][owner] - cast.longitude[owner] / 15
    times = at_hour(rng, times, local, 2.5)
    ordering = (orders["u_other"] < 0.4) & ~orders["is_test"]
    bought = select(orders, ordering)
    visitors = int(0.4 * cast.online.sum())
    visits = rng.integers(1, 4, visitors)
    stranger = np.repeat(np.arange(visitors), visits)
    strange_times = start + (stop - start) * rng.random(visitors)
    strange = strange_times[stranger] + 2 * DAY * rng.random(len(stranger))
    bots = max(1, len(cast) // 400)
    bot_visits = np.repeat(np.arange(bots), 6)
    bot_times = start + (stop - start) * rng.random(len(bot_visits))
    parts = (len(owner), len(bought["occurred_at"]), len(stranger), len(bot_visits))
    kind = np.repeat(np.arange(4), parts)
    n = len(kind)
    none = np.full(len(stranger) + len(bot_visits), -1)
    owners = np.r_[owner, bought["owner"], none]
    depth = np.where(kind == 1, 5, np.minimum(rng.geometric(0.55, n) - 1, 4))
    quarter = (np.r_[times, bought["occurred_at"], strange, bot_times] - start) // (
        91 * DAY
    )
    no_order = [np.full(parts[0], -1), np.full(parts[2] + parts[3], -1)]
    from_ad = (rng.random(n) < 0.2) & (kind != 1)
    ad = np.where(from_ad, quarter * 6 + rng.integers(0, 6, n), -1).astype("int64")
    ad[kind == 1] = bought["ad_campaign"]
    mail = np.r_[no_order[0], bought["mail_campaign"], no_order[1]]
    views = 1 + np.minimum(rng.poisson(1.4, n), 6)
    views = np.where(kind == 3, 30, views)
    ends = np.r_[times, bought["occurred_at"], strange, bot_times]
    logged = np.where(kind == 1, rng.random(n) < 0.9, rng.random(n) < 0.35)
    joined = np.r_[cast.joined, 0.0][owners]
    return {
        "session_no": chunk * 10_000_000 + np.arange(n),
        "i": np.where(owners < 0, -1, np.r_[cast.i, -1][owners]),
        "visitor": np.r_[no_order[0], np.full(parts[1], -1), stranger, bot_visits],
        "kind": kind,
        "occurred_at": np.floor(np.where(kind == 1, ends - 150 - 90 * views, ends)),
        "order_no": np.r_[no_order[0], bought["order_no"], no_order[1]],
        "depth": np.where(kind == 3, 0, depth),
        "views": views,
        "pace": rng.integers(12, 90, n),
        "is_logged_in": logged & (kind < 2) & (ends > joined + 60),
        "device": np.searchsorted([0.55, 0.9], rng.random(n)),
        "ad_campaign": ad,
        "mail_campaign": mail,
        "u_product": rng.random(n),
        "delay": np.where(
            rng.random(n) < 0.01, rng.integers(3600, 3 * DAY, n), rng.integers(0, 4, n)
        ),
    }


def simulate_tickets(world: World, chunk: int, cast: Cast, orders: Arrays) -> Arrays:
    """Simulate support tickets: most bad orders cause one, other reasons the rest."""
    rng = world.rng("tickets", chunk)
    start, _, stop = horizon(world)
    complains = orders["is_bad"] & (rng.random(len(orders["occurred_at"])) < 0.8)
    complains &= cast.has_ticket_user[orders["owner"]]
    bad = select(orders, complains)
    rate = np.where(cast.has_ticket_user, 1.5, 0.0) / YEAR
    owner, times = poisson_times(rng, np.maximum(cast.joined, start), stop, rate)
    owners = np.r_[bad["owner"], owner]
    delay = rng.exponential(3 * DAY, len(bad["occurred_at"])) + 3600
    at = np.floor(np.r_[bad["occurred_at"] + delay, times])
    order_no = np.r_[bad["order_no"], np.full(len(owner), -1)]
    n = len(owners)
    about_order = order_no >= 0
    reply = rng.lognormal(np.where(about_order, 5.6, 5.0), 0.9, n)
    solve = reply + rng.lognormal(6.6, 1.0, n)
    happy = rng.random(n) < np.where(about_order, 0.62, 0.85) - reply / 6000
    return {
        "ticket_no": int(cast.i[0]) * 50 + np.arange(n),
        "i": cast.i[owners],
        "order_no": order_no,
        "occurred_at": at,
        "reply_minutes": np.ceil(reply).astype("int64"),
        "solve_minutes": np.ceil(solve).astype("int64"),
        "reopens": rng.poisson(0.12, n),
        "is_happy": happy,
        "is_rated": rng.random(n) < 0.45,
        "answers_survey": rng.random(n) < 0.35,
        "topic": np.where(about_order, rng.integers(0, 4, n), rng.integers(4, 9, n)),
        "u_channel": rng.random(n),
        "u_text": rng.random(n),
    }


def simulate_answers(
    world: World, chunk: int, orders: Arrays, tickets: Arrays
) -> Arrays:
    """Simulate survey answers: NPS after orders, CSAT and CES after tickets."""
    rng = world.rng("answers", chunk)
    asked = select(
        orders, (rng.random(len(orders["occurred_at"])) < 0.15) & ~orders["is_test"]
    )
    helped = select(tickets, tickets["answers_survey"])
    n_orders, n_tickets = len(asked["occurred_at"]), len(helped["occurred_at"])
    nps = np.where(
        asked["is_bad"], rng.normal(4.2, 2.4, n_orders), rng.normal(8.6, 1.5, n_orders)
    )
    is_effort = rng.random(n_tickets) < 0.35
    csat = np.where(helped["is_happy"], 4.4, 2.1) + rng.normal(0, 0.7, n_tickets)
    ces = np.where(helped["is_happy"], 5.6, 3.2) + rng.normal(0, 1.1, n_tickets)
    after = np.where(is_effort, np.clip(ces, 1, 7), np.clip(csat, 1, 5))
    kind = np.r_[np.zeros(n_orders, int), np.where(is_effort, 2, 1)]
    score = np.rint(np.r_[np.clip(nps, 0, 10), after]).astype("int64")
    sent = np.r_[
        asked["occurred_at"] + 9 * DAY,
        helped["occurred_at"] + helped["solve_minutes"] * 60 + 3600,
    ]
    n = n_orders + n_tickets
    return {
        "answer_no": chunk * 1_000_000 + np.arange(n),
        "i": np.r_[asked["i"], helped["i"]],
        "kind": kind,
        "score": score,
        "order_no": np.r_[asked["order_no"], helped["order_no"]],
        "ticket_no": np.r_[np.full(n_orders, -1), helped["ticket_no"]],
        "sent_at": np.floor(sent),
        "answered_at": np.floor(sent + 120 + rng.exponential(20 * 3600, n)),
        "u_identity": rng.random(n),
        "u_text": rng.random(n),
    }
