"""The band of a table's rows, against bands computed by hand."""

from datetime import date, timedelta
from itertools import count
from statistics import median

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.volume import usual_volume
from orchestration.warehouse import ops_ddl

FRIDAY = date(2026, 7, 3)
WEEK = timedelta(weeks=1)


class Ledger:
    """A ledger of one table, in which each call lands one batch."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(ops_ddl())
        self.numbers = count()

    def land(
        self, rows: dict[date, int], status: str = "accepted", table: str = "pages"
    ) -> str:
        """Write a batch of a file for every day, and return its id."""
        batch = f"b{next(self.numbers):04}"
        self.connection.execute(
            "insert into ops.batches by name select ? as batch_id, 'shop' as "
            "source_system, ? as source_table, ? as status, ? as files, 0 as rows_read,"
            " 0 as rows_loaded, 0 as rows_quarantined, now()::timestamp as loaded_at",
            [batch, table, status, len(rows)],
        )
        self.connection.executemany(
            "insert into ops.ingested_files by name select 'shop' as source_system, "
            "? as source_table, ? as path, 1 as file_version, '' as sha256, 0 as bytes,"
            " ?::date as dropped_on, 0 as rows_read, ? as rows_loaded, "
            "0 as rows_quarantined, ? as batch_id, now()::timestamp as ingested_at",
            [
                [table, f"{batch}/{day}", day, found, batch]
                for day, found in rows.items()
            ],
        )
        return batch

    def judge(
        self, rows: dict[date, int], *, is_snapshot: bool = False
    ) -> tuple[list[dict], list[dict]]:
        """Return what stops, and what only warns, of a new batch."""
        batch = self.land(rows, status="pending")
        self.connection.execute(
            f"create or replace table judged_rows as select '{batch}' as _batch_id"
        )
        found = []
        for rule in usual_volume("shop", "pages", is_snapshot=is_snapshot):
            query = rule.unexpected_rows_query.format(batch="judged_rows")
            result = self.connection.execute(query)
            names = [column[0] for column in result.description]
            found.append(
                [dict(zip(names, row, strict=True)) for row in result.fetchall()]
            )
        stops, warns = found
        return stops, warns


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def fridays(ledger: Ledger, *rows: int) -> None:
    """Land a batch on each Friday before FRIDAY, after a first one with the past."""
    for weeks, found in enumerate((9999, *rows)):
        ledger.land({FRIDAY - (len(rows) - weeks + 1) * WEEK: found})


# Median 104; distances 4 4 2 2 0 0 6 6 → MAD 3, so half the width is 26, a quarter.
STEADY = (100, 108, 102, 106, 104, 104, 98, 110)
# Median 200; distances 100 80 60 40 40 60 80 100 → MAD 70, so half the width is 350.
WILD = (100, 120, 140, 160, 240, 260, 280, 300)
# Median 10,000; MAD 1,000, so half the width is 5,000.
WIDE = (9000, 9000, 9000, 9000, 11000, 11000, 11000, 11000)
# Median 20, MAD 0, so half the width is 10 rows.
FEW = (20,) * 8


@pytest.mark.parametrize(
    ("history", "lowest", "highest"),
    [(STEADY, 78, 130), (WILD, 0, 550), (WIDE, 5000, 15000), (FEW, 10, 30)],
)
def test_the_band_is_the_median_and_five_mads_of_that_weekday(
    ledger, history, lowest, highest
):
    fridays(ledger, *history)
    assert ledger.judge({FRIDAY: lowest}) == ([], [])
    assert ledger.judge({FRIDAY: highest}) == ([], [])
    (stopped,), warned = ledger.judge({FRIDAY: highest + 1})
    assert warned == []
    assert (stopped["lowest"], stopped["highest"]) == (lowest, highest)
    if lowest:
        assert len(ledger.judge({FRIDAY: lowest - 1})[0]) == 1


def test_it_says_what_was_found_where_and_what_is_usual_by_which_days(ledger):
    fridays(ledger, *WIDE)
    ((stopped,), _) = ledger.judge({FRIDAY: 123456})
    assert stopped["said"] == (
        "the drop of Friday 2026-07-03 has 123,456 rows, where 5,000 to 15,000 are "
        "usual by 8 drops on Fridays from 2026-05-08 to 2026-06-26"
    )


def test_below_eight_drops_it_only_warns_and_below_three_it_says_nothing(ledger):
    fridays(ledger, *STEADY[:2])
    assert ledger.judge({FRIDAY: 99999}) == ([], [])
    ledger.land({FRIDAY - timedelta(1): 100})
    stops, warns = ledger.judge({FRIDAY: 99999})
    assert (len(stops), len(warns)) == (0, 1)
    assert "usual by 3 drops from 2026-06-19" in warns[0]["said"]


def test_a_weekday_is_compared_with_itself_once_it_is_known(ledger):
    days = [FRIDAY - timedelta(n) for n in range(1, 100)]
    ledger.land({min(days) - timedelta(1): 1})
    for day in days:
        ledger.land({day: 1000 if day.weekday() == 4 else 50})
    assert ledger.judge({FRIDAY: 1000}) == ([], [])
    assert len(ledger.judge({FRIDAY: 50})[0]) == 1
    assert ledger.judge({FRIDAY + timedelta(1): 50}) == ([], [])


def test_a_backfill_is_many_drops_and_does_not_move_the_band(ledger):
    fridays(ledger, *WIDE)
    past = {date(2020, 1, 1) + timedelta(n): 10000 for n in range(30)}
    assert ledger.judge({**past, FRIDAY: 10000}) == ([], [])
    ledger.land({**past, FRIDAY: 10000})
    ((stopped,), _) = ledger.judge({FRIDAY + WEEK: 300000})
    assert stopped["highest"] == 15000


def test_one_bad_day_in_a_backfill_is_told_alone(ledger):
    fridays(ledger, *WIDE)
    stops, _ = ledger.judge({FRIDAY: 10000, FRIDAY + WEEK: 100000})
    assert [s["dropped_on"] for s in stops] == [FRIDAY + WEEK]


def test_after_a_silence_as_many_times_the_rows_may_come(ledger):
    fridays(ledger, *WIDE)
    assert ledger.judge({FRIDAY + WEEK: 30000}) == ([], [])
    assert len(ledger.judge({FRIDAY + WEEK: 30001})[0]) == 1


def test_a_snapshot_is_compared_with_snapshots_whatever_the_day_or_silence(ledger):
    days = [FRIDAY - timedelta(n) for n in range(1, 10)]
    for day in days:
        ledger.land({day: 10000})
    assert ledger.judge({FRIDAY: 12500}, is_snapshot=True) == ([], [])
    late = {FRIDAY + 4 * WEEK: 20000}
    assert len(ledger.judge(late, is_snapshot=True)[0]) == 1
    assert ledger.judge(late) == ([], []), "an increment would be due for it"


def test_only_accepted_drops_of_the_same_table_teach(ledger):
    fridays(ledger, *WIDE)
    for weeks in range(1, 9):
        for status in ("rejected", "waiting"):
            ledger.land({FRIDAY - weeks * WEEK: 90000}, status=status)
        ledger.land({FRIDAY - weeks * WEEK: 90000}, table="others")
    ((stopped,), _) = ledger.judge({FRIDAY: 90000})
    assert (stopped["lowest"], stopped["highest"]) == (5000, 15000)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 10**6), min_size=8, max_size=40), st.integers(0, 10**7))
def test_the_band_is_that_of_the_definition(history, found):
    ledger = Ledger()
    fridays(ledger, *history)
    last = history[-28:]
    usual = median(last)
    mad = median(abs(rows - usual) for rows in last)
    half = max(5 * mad, usual / 4, 10)
    stops, warns = ledger.judge({FRIDAY: found})
    assert warns == []
    assert bool(stops) == (found < usual - half or found > usual + half)
