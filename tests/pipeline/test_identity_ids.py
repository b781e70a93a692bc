"""Customer ids as time goes by: what reruns, rebuilds, merges and batches leave."""

from __future__ import annotations

import random

import duckdb

from orchestration.kept.state import restore_state, save_state
from orchestration.warehouse import DataDir, connect
from tests.pipeline.identity_chain import (
    ANN,
    BOB,
    BRIDGE,
    FEEDS,
    states,
)


def test_history_stays_in_order_though_the_clock_is_set_back(chain):
    """The first run was tomorrow, as the machine saw it then."""
    with duckdb.connect(str(chain.warehouse)) as connection:
        connection.execute("update ops.clock set told_at = told_at + interval 1 day")
        (before,) = connection.execute("select told_at from ops.clock").fetchall()[0]
    chain.run(identifiers=[*ANN, *BOB])
    chain.run(identifiers=[*ANN, *BOB, *BRIDGE])
    assert set(chain.customers().values()) == {"C0000000001"}
    assert chain.query(
        "select count(*) from identity.identity_assignments "
        f"where committed_from < '{before}' or committed_to <= committed_from"
    ) == [(0,)]
    assert chain.query(
        "select change from identity.identity_ledger "
        "where 'C0000000002' in (old_customer_id, new_customer_id) order by changed_at"
    ) == [("created",), ("merged",)]


def test_a_rerun_writes_nothing(chain):
    chain.run(identifiers=[*ANN, *BOB])
    before = chain.query("select * from identity.identity_assignments order by all")
    chain.run()
    assert before == chain.query(
        "select * from identity.identity_assignments order by all"
    )


def test_a_full_refresh_forgets_no_number(chain):
    chain.run(identifiers=BOB)
    chain.run(identifiers=[*ANN, *BOB])
    before = chain.customers()
    chain.dbt("run", "--full-refresh", "--select", "identity")
    assert chain.customers() == before
    assert before["crm:contact:2"] == "C0000000001"


def test_a_merge_keeps_the_elder_id_and_its_undoing_gives_the_younger_back(chain):
    chain.run(identifiers=[*ANN, *BOB])
    apart = chain.customers()
    chain.run(identifiers=[*ANN, *BOB, *BRIDGE])
    assert set(chain.customers().values()) == {apart["crm:contact:1"]}
    versions = chain.query(
        "select customer_id, committed_to is null from identity.identity_assignments "
        "where record_key = 'crm:contact:2' order by committed_from"
    )
    assert versions == [("C0000000002", False), ("C0000000001", True)]

    chain.run(identifiers=[*ANN, *BOB])
    after = chain.customers()
    assert {key: after[key] for key in apart} == apart
    assert after["shop:customer:3"] == "C0000000003"


def test_the_map_is_told_as_it_was_known_at_any_moment(chain):
    known = []
    for rows in ([*ANN, *BOB], [*ANN, *BOB, *BRIDGE], [*ANN, *BOB]):
        chain.run(identifiers=rows)
        known.append(chain.customers())
    moments = chain.query(
        "select distinct committed_from from identity.identity_assignments order by all"
    )
    assert len(moments) == len(known)
    told = []
    for (moment,) in moments:
        chain.dbt("run", "--select", "known_then", "--vars", f"then: '{moment}'")
        told.append(
            dict(chain.query("select record_key, customer_id from test.known_then"))
        )
    assert told == known
    assert told[0] != told[1]

    chain.dbt("run", "--select", "known_then", "--vars", "then: '2000-01-01'")
    assert chain.query("select * from test.known_then") == []


def test_one_batch_gives_the_ids_that_many_give(chain):
    rng = random.Random(7)
    rows = []
    for n in range(300):
        day = f"2026-01-{rng.randint(1, 5):02d}"
        key = f"{rng.choice(['crm', 'shop'])}:person:{n % 220}"
        values = {"email": f"p{rng.randint(0, 150)}@mail.com"}
        if rng.random() < 0.5:
            values["phone"] = f"+155{rng.randint(10_000_000, 10_000_120)}"
        rows += states(key, f"{day}|f|{n:012d}", **values)
    for day in range(1, 6):
        chain.run(identifiers=[r for r in rows if r["source_row"] < f"2026-01-0{day}~"])
    in_five = chain.customers()

    chain.empty().run(identifiers=rows)
    assert chain.customers() == in_five
    assert 1 < len(set(in_five.values())) < len(in_five)


def test_a_warehouse_rebuilt_from_state_gives_the_same_ids(chain, tmp_path):
    data = DataDir(tmp_path)
    chain.run(identifiers=BOB)
    chain.run(identifiers=[*ANN, *BOB])
    before = chain.query("select * from identity.identity_assignments order by all")
    with connect(chain.warehouse) as connection:
        assert len(save_state(connection, data)) == 2
        assert save_state(connection, data) == []

    feeds = {feed: [] for feed in FEEDS} | {"identifiers": [*ANN, *BOB]}
    chain.empty()
    with connect(chain.warehouse) as connection:
        assert restore_state(connection, data) == [
            "record_registry",
            "identity_assignments",
        ]
        assert restore_state(connection, data) == []
    chain.run(**feeds)
    assert before == chain.query(
        "select * from identity.identity_assignments order by all"
    )
