"""What a search costs among a million customers, and whom it finds despite typos.

`python -m benchmarks.search [customers]` makes that many customers up (names of two to
four syllables, an address, a number and four orders each), builds the index, and asks
for people by name and address: as they are, with one typo, and with two. It prints CPU
seconds of the build, milliseconds of CPU a search (median and 95th of 100), the share
found among the first twenty, and the same for DuckDB looking through all names by
Jaro-Winkler.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from app.search import SearchIndex
from app.search_index import build_index

ASKED = 100
SCANS = 10
SYLLABLES = """
an ba bel ca cor da den dra el fa fer ga gor ha hel il jo ka ken la lin lo ma mar mi mon
na nor o pa per qui ra ren ri ro sa sen shi so ta ter u va ven wa wes xi ya yo za zel
"""

WORLD = """
create schema marts;
create macro syllable(n, seed) as
    ($syllables)[1 + cast(hash(n * 31 + seed) % {count} as integer)];
create macro word(n, seed) as
    concat(
        syllable(n, seed), syllable(n, seed + 1),
        if(hash(n + seed) % 3 > 0, syllable(n, seed + 2), ''),
        if(hash(n - seed) % 4 = 0, syllable(n, seed + 3), '')
    );
create table marts.customers as
select
    format('C{{:010d}}', n) as customer_id,
    word(n % 5000, 10) as given_name,
    word(n, 20) as family_name,
    given_name || ' ' || family_name as display_name,
    concat(given_name, '.', family_name, n % 90, '@mail', n % 7, '.example') as email
from range({customers}) as t (n);
create table marts.customer_history as select customer_id, display_name
from marts.customers limit 0;
create table marts.customer_identifiers as
select customer_id, 'email' as identifier_type, email as identifier_value
from marts.customers
union all
select customer_id, 'phone', '+447' || right(customer_id, 9) from marts.customers
order by all;
create table marts.customer_id_aliases as
select customer_id, customer_id as current_customer_id from marts.customers;
create table marts.orders as
select customer_id, '#' || (hash(customer_id, n) % 90000000) as order_number
from marts.customers, range(4) as t (n)
order by all;
"""


def make_world(world: duckdb.DuckDBPyConnection, customers: int) -> None:
    """Make the tables of a release that the index reads, with as many customers."""
    syllables = SYLLABLES.split()
    script = WORLD.format(count=len(syllables), customers=customers)
    for statement in script.split(";\n"):
        world.execute(statement.replace("$syllables", repr(syllables)))


def main() -> None:
    """Print the figures."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    dice = random.Random(360)
    with tempfile.TemporaryDirectory() as folder:
        release = Path(folder)
        world = duckdb.connect(str(release / "world.duckdb"))
        make_world(world, customers)
        begun = time.process_time()
        path = build_index(world, release)
        size = sum(file.stat().st_size for file in path.iterdir()) / 1e6
        print(f"build: {time.process_time() - begun:.1f} CPU-s, {size:.0f} MB")

        asked = world.execute(
            "select display_name, email from marts.customers using sample "
            f"reservoir({ASKED} rows) repeatable (360)"
        ).fetchall()
        index = SearchIndex(path)

        def search(text: str) -> list[str]:
            return [hit.text for hit in index.search(text)]

        def scan(text: str) -> list[str]:
            rows = world.execute(
                "select display_name from marts.customers order by "
                "jaro_winkler_similarity(display_name, ?) desc limit 20",
                [text],
            )
            return [name for (name,) in rows.fetchall()]

        search("warm up")
        for typos in (0, 1, 2):
            names = [name for name, _ in asked]
            emails = [email for _, email in asked]
            _print(f"names, {typos} typos", search, names, typos, dice)
            _print(f"addresses, {typos} typos", search, emails, typos, dice)
            _print(f"scan of names, {typos} typos", scan, names[:SCANS], typos, dice)


def _print(
    what: str,
    search: Callable[[str], list[str]],
    texts: Sequence[str],
    typos: int,
    dice: random.Random,
) -> None:
    times, found = [], 0
    for text in texts:
        typed = text
        for _ in range(typos):
            typed = mistyped(typed, dice)
        begun = time.process_time()
        found += text in search(typed)
        times.append((time.process_time() - begun) * 1000)
    times.sort()
    print(
        f"{what}: {statistics.median(times):.1f} ms, 95th "
        f"{times[int(len(times) * 0.95)]:.1f} ms, found {found / len(texts):.3f}"
    )


def mistyped(text: str, dice: random.Random) -> str:
    """Leave out, double, swap or replace a letter, as fingers do."""
    at = dice.randrange(len(text) - 1)
    head, one, two, rest = text[:at], text[at], text[at + 1], text[at + 2 :]
    letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
    return head + dice.choice((two, one + one + two, two + one, letter + two)) + rest


if __name__ == "__main__":
    main()
