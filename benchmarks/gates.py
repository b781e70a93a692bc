"""What the gates cost beside the same counts in plain SQL: CPU-seconds, one table.

python -m benchmarks.gates --rows 1000000
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

ROWS = """
create table orders as
select
    'o' || i as order_key,
    'r' || hash(i) % 1000003 as record_key,
    'user' || hash(i) % 1000003 || '@example.com' as email,
    timestamp '2020-01-01' + to_seconds(i * 37) as ordered_at,
    ['EUR', 'USD', 'GBP'][1 + i % 3] as currency,
    cast(hash(i) % 100000 / 100 as decimal(18, 2)) as net
from range({rows}) as numbers(i)
"""

# The same eight rules that `_suite` has, counted by hand.
PLAIN_SQL = """
select
    count(*) as row_count,
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


def _cpu(work: Callable[[], object], repeats: int) -> float:
    """Return the median CPU-seconds of `work`, after a first call that warms up."""
    work()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def _plain(path: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(PLAIN_SQL).fetchall()


def _gate(path: Path) -> None:
    from orchestration.gates.evaluation import Target, evaluate
    from orchestration.gates.gx_duckdb import execution_engine
    from orchestration.gates.gx_validation import configurations_kept

    with execution_engine(path) as engine, configurations_kept():
        findings = evaluate(engine, Target("main", "orders", ["order_key"]), _suite())
    assert all(finding.passed for finding in findings), findings


def main() -> None:
    """Print the CPU-seconds of both ways, their ratio, and the cost of the import."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    start = time.process_time()
    _suite()
    imported = time.process_time() - start
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(ROWS.format(rows=arguments.rows))
        plain = _cpu(lambda: _plain(path), arguments.repeats)
        gate = _cpu(lambda: _gate(path), arguments.repeats)
    print(f"rows                  {arguments.rows:>12,}")
    print(f"import, once a run    {imported:>12.2f} CPU-s")
    print(f"plain SQL             {plain:>12.3f} CPU-s")
    print(f"gate, 8 rules         {gate:>12.3f} CPU-s")
    print(f"ratio                 {gate / plain:>12.1f}")


if __name__ == "__main__":
    main()
