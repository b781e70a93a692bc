"""One chunk of people, from who they are to the files that speak of them."""

from __future__ import annotations

import functools
from pathlib import Path

import duckdb
import numpy as np

from orchestration.universe import engagement, incidents, purchases
from orchestration.universe.ads import write_ads
from orchestration.universe.arrays import register, stack
from orchestration.universe.beacons import write_beacons
from orchestration.universe.feedback import write_feedback
from orchestration.universe.hubspot import write_hubspot
from orchestration.universe.klaviyo import write_klaviyo
from orchestration.universe.landing import Landing, add_macros
from orchestration.universe.macros import open_database
from orchestration.universe.people import create_people
from orchestration.universe.permissions import write_permissions
from orchestration.universe.pos import write_pos
from orchestration.universe.records import create_records
from orchestration.universe.reference import create_reference
from orchestration.universe.segment import write_segment
from orchestration.universe.shopify import write_shopify
from orchestration.universe.truth import write_truth_parts
from orchestration.universe.web_orders import create_web_orders
from orchestration.universe.world import Chunk, Drop
from orchestration.universe.zendesk import write_zendesk

_CAST = """
select
    people.i,
    cast(epoch(joined_at) as double) as joined,
    cast(longitude as double) as longitude,
    is_online(people.i) as online,
    people.i in (select i from members where system = 'pos') as member,
    people.i in (select i from members where system = 'klaviyo') as reads,
    people.i in (select i from members where system = 'zendesk') as has_ticket_user,
    people.i in (select i from members where system = 'shopify') as shop_user
from people
order by people.i
"""


# The order matters: later systems read tables that earlier ones made.
_WRITERS = (
    write_shopify,
    write_segment,
    write_klaviyo,
    write_hubspot,
    write_zendesk,
    write_pos,
    write_feedback,
    write_permissions,
    write_beacons,
    write_ads,
)


def simulate(
    con: duckdb.DuckDBPyConnection, drop: Drop, chunk: Chunk, prices: np.ndarray
) -> None:
    """Run every process of the chunk and leave its events as tables."""
    world, number = drop.world, chunk.number
    cast = purchases.Cast(
        **{k: np.asarray(v) for k, v in con.execute(_CAST).fetchnumpy().items()}
    )
    habits = purchases.simulate_habits(world, number, cast)
    mails = engagement.simulate_mails(world, number, cast, habits)
    clicks = engagement.clicks_of(mails)
    orders = purchases.simulate_orders(world, number, cast, habits, clicks)
    visits = purchases.simulate_visits(world, number, cast, habits)
    tickets = engagement.simulate_tickets(world, number, cast, orders)
    answers = engagement.simulate_answers(world, number, orders, tickets)
    sessions = engagement.simulate_sessions(world, number, cast, habits, orders)
    voucher = incidents.simulate_voucher(world, number, cast, habits)
    frauds = incidents.simulate_frauds(world, number, cast)
    further = purchases.further_orders(
        world, number, cast, habits, orders, incidents.caused_orders(voucher, frauds)
    )
    draw_lines = functools.partial(purchases.draw_lines, world, number, prices=prices)
    tables = {
        "habits": {"i": cast.i, **habits},
        "mails": mails,
        "voucher": voucher,
        "frauds": frauds,
        "orders": stack(orders, further),
        "order_items": stack(
            draw_lines("order lines", orders, "order_no"),
            draw_lines("further order lines", further, "order_no"),
        ),
        "visits": visits,
        "visit_items": draw_lines("visit lines", visits, "visit_no"),
        "sessions": incidents.misused_logins(world, number, frauds, sessions),
        "tickets": tickets,
        "answers": answers,
    }
    for name, arrays in tables.items():
        register(con, name, arrays)
    create_web_orders(con)


def write_chunk(drafts: Path, drop: Drop, chunk: Chunk) -> Landing:
    """Write every file of a chunk, and its truth, as drafts; return what was written.

    They are in `landing/` and `parts/` under `drafts`.
    """
    con = open_database(drop.world)
    add_macros(con)
    landing = Landing(drafts / "landing", drop, chunk)
    prices = create_reference(con, drop.world)
    create_people(con, drop.world, chunk)
    create_records(con, drop)
    simulate(con, drop, chunk, prices)
    for write in _WRITERS:
        write(con, landing, drop)
    write_truth_parts(con, drafts / "parts", drop, chunk.number)
    con.close()
    return landing
