"""What a gate costs beside the same counts in plain SQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.contest import OURS, Contest, Way

_ORDERS = """
create table orders as
select
    'o' || i as order_key,
    'r' || hash(i) % 1000003 as record_key,
    'user' || hash(i) % 1000003 || '@example.com' as email,
    timestamp '2020-01-01' + to_seconds(i * 37) as ordered_at,
    ['EUR', 'USD', 'GBP'][1 + i % 3] as currency,
    cast(hash(i) % 100000 / 100 as decimal(18, 2)) as net
from range({size}) as numbers(i)
"""

# The same eight rules that `_suite` has, counted by hand.
_PLAIN_SQL = """
select
    count(*) = 0 as is_empty,
    count(*) filter (where order_key is null) as without_key,
    count(*) - count(distinct order_key) as doubled,
    count(*) filter (where record_key is null) as without_record,
    count(*) filter (where not regexp_matches(email, '^[^@]+@[^@]+$')) as no_address,
    count(*) filter (where currency not in ('EUR', 'USD', 'GBP')) as no_currency,
    count(*) filter (where net not between 0 and 1000) as unlikely,
    count(*) filter (where ordered_at < timestamp '1990-01-01') as misread
from orders
"""


def _suite() -> list:
    from expectations.rules import between, filled, key, matches, not_empty, one_of

    why = "Measured."
    return [
        not_empty(why),
        *key("order_key", why),
        filled("record_key", why),
        matches("email", "^[^@]+@[^@]+$", why),
        one_of("currency", ["EUR", "USD", "GBP"], why),
        between("net", 0, 1000, why),
        between("ordered_at", "1990-01-01", None, why),
    ]


def _prepare(size: int, inputs: Path) -> None:
    with duckdb.connect(str(inputs / "warehouse.duckdb")) as connection:
        connection.execute(_ORDERS.format(size=size))


def _gate(inputs: Path, scratch: Path) -> Callable[[], str]:
    from orchestration.gates.evaluation import Target, evaluate
    from orchestration.gates.gx_duckdb import execution_engine
    from orchestration.gates.gx_validation import written_out_once

    suite, target = _suite(), Target("main", "orders", ["order_key"])

    def work() -> str:
        with (
            execution_engine(inputs / "warehouse.duckdb") as engine,
            written_out_once(),
        ):
            findings = evaluate(engine, target, suite)
        return f"{sum(not finding.passed for finding in findings)} broken"

    return work


def _plain(inputs: Path, scratch: Path) -> Callable[[], str]:
    def work() -> str:
        with duckdb.connect(str(inputs / "warehouse.duckdb"), read_only=True) as found:
            counts = found.execute(_PLAIN_SQL).fetchone() or ()
        return f"{sum(map(bool, counts))} broken"

    return work


CONTESTS = {
    "gates": Contest(
        title="Judge a table by eight rules",
        unit="rows",
        prepare=_prepare,
        ways={OURS: Way(_gate), "plain SQL": Way(_plain)},
        note=(
            "A gate is Great Expectations with all rules of a table in one query. To "
            "import it takes five CPU-seconds more, once in a run, which are left out."
        ),
    )
}
