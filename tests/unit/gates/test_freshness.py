"""Who has gone quiet, against rhythms computed by hand."""

from datetime import date, datetime, timedelta

import duckdb
import pytest

from orchestration.gates.freshness import declared_hours, gone_quiet
from orchestration.gates.freshness_ledger import judge_freshness
from orchestration.ingestion.ledger import SAME_CONTENT
from orchestration.warehouse import ops_ddl

CAME_AT = datetime(2026, 7, 1, 3)


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute(ops_ddl())
        yield connection


def source(table: str = "orders", **config: object) -> dict:
    return {"source_name": "shop", "name": table, "config": config}


def land(
    warehouse,
    *days: date,
    at: datetime = CAME_AT,
    note: str | None = None,
    path: str = "orders.csv",
    version: int = 1,
) -> None:
    """Let a file of each day arrive at one moment; with a note, without a batch."""
    batch = None if note else f"{at:%Y%m%dT%H%M}"
    for day in days:
        warehouse.execute(
            "insert into ops.ingested_files by name select 'shop' as source_system, "
            "'orders' as source_table, ? as path, ? as file_version, '' as sha256, "
            "0 as bytes, ?::date as dropped_on, 0 as rows_read, 0 as rows_loaded, "
            "0 as rows_quarantined, ? as batch_id, ? as note, ? as ingested_at",
            [f"{day}-{path}", version, day, batch, note, at],
        )
    if batch:
        warehouse.execute(
            "insert into ops.batches by name select ? as batch_id, 'shop' as "
            "source_system, 'orders' as source_table, 'accepted' as status, 1 as files,"
            " 0 as rows_read, 0 as rows_loaded, 0 as rows_quarantined, ? as loaded_at",
            [batch, at],
        )


def judge(warehouse, after: timedelta = timedelta(), **config: object):
    (found,), turned = judge_freshness(warehouse, [source(**config)], CAME_AT + after)
    return found, turned


def days(*gaps: int) -> list[date]:
    """Return drop days with these gaps between them."""
    first = date(2026, 1, 1)
    return [first + timedelta(sum(gaps[:n])) for n in range(len(gaps) + 1)]


@pytest.mark.parametrize(
    ("gaps", "hours"),
    [
        # Daily: median 1, MAD 0, and half a day of patience.
        ([1] * 10, 36),
        # Weekly, likewise.
        ([7] * 5, 252),
        # Working days: median 1, MAD 0, but one gap in five is a weekend.
        ([1, 1, 1, 1, 3] * 4, 24 * (3 + 0.5)),
        # Now and then: median 10, distances 0 2 2 4 4 → MAD 2, so 10 + 10 + 5 days.
        ([10, 8, 12, 6, 14], 24 * 25),
        # The rhythm of late counts: 28 gaps of a day after years of months.
        ([30] * 40 + [1] * 28, 36),
    ],
)
def test_a_rhythm_is_learnt_from_the_days_of_the_files(warehouse, gaps, hours):
    land(warehouse, *days(*gaps))
    found, _ = judge(warehouse)
    assert (found.policy, found.stale_after_hours) == ("learnt", hours)


def test_a_backfill_teaches_the_rhythm_of_its_days_and_counts_as_heard_of(warehouse):
    land(warehouse, *days(*[1] * 30))
    assert not judge(warehouse, timedelta(hours=35))[0].is_stale
    found, _ = judge(warehouse, timedelta(hours=37))
    assert found.is_stale
    assert found.sentence == (
        "The last file, 2026-01-31-orders.csv, came 2026-07-01 03:00 UTC, 37 hours "
        "ago; 36 hours of silence are usual by its own rhythm."
    )


def test_too_few_drops_are_no_rhythm(warehouse):
    land(warehouse, *days(1, 1))
    found, _ = judge(warehouse, timedelta(days=999))
    assert (found.policy, found.is_stale) == ("none", False)


def test_what_is_declared_wins_over_the_rhythm(warehouse):
    land(warehouse, *days(*[1] * 30))
    weekly = {"warn_after": {"count": 8, "period": "day"}}
    found, _ = judge(warehouse, timedelta(days=7), freshness=weekly)
    assert (found.policy, found.stale_after_hours) == ("declared", 192)
    assert not found.is_stale
    assert judge(warehouse, timedelta(days=9), freshness=weekly)[0].is_stale


@pytest.mark.parametrize(
    ("declared", "hours"),
    [
        ({"warn_after": {"count": 90, "period": "minute"}}, 1.5),
        ({"warn_after": {"count": None, "period": None}}, None),
        (None, None),
    ],
)
def test_a_declaration_is_dbts_own(declared, hours):
    assert declared_hours(source(freshness=declared)) == hours


@pytest.mark.parametrize(
    ("note", "path", "is_stale"),
    [
        (f"{SAME_CONTENT}x; it was not loaded again.", "orders.csv", False),
        ("The file is empty.", "orders.csv", True),
        (None, "orders.replay-1.csv", True),
    ],
)
def test_an_unchanged_file_is_a_sign_of_life_a_refused_or_mended_one_is_not(
    warehouse, note, path, is_stale
):
    land(warehouse, *days(*[1] * 9))
    later = CAME_AT + timedelta(days=3)
    land(warehouse, date(2026, 2, 1), at=later, note=note, path=path)
    assert judge(warehouse, timedelta(days=3))[0].is_stale == is_stale


def test_a_file_that_is_only_touched_is_no_sign_of_life(warehouse):
    twin = f"{SAME_CONTENT}x; it was not loaded again."
    land(warehouse, *days(*[1] * 9))
    for version, after in enumerate((1, 3), start=1):
        at = CAME_AT + timedelta(days=after)
        land(warehouse, date(2026, 1, 11), at=at, note=twin, version=version)
    found, _ = judge(warehouse, timedelta(days=3))
    assert found.last_file_at == CAME_AT + timedelta(days=1)
    assert found.is_stale


def test_a_turn_is_told_once_and_nothing_is_written_when_nothing_changed(warehouse):
    def written() -> datetime:
        newest = "select max(judged_at) from ops.freshness"
        return warehouse.execute(newest).fetchall()[0][0]

    land(warehouse, *days(*[1] * 9))
    assert judge(warehouse)[1] == []
    judge(warehouse, timedelta(hours=1))
    assert written() == CAME_AT
    assert [f.is_stale for f in judge(warehouse, timedelta(hours=40))[1]] == [True]
    assert judge(warehouse, timedelta(hours=50))[1] == []
    assert written() == CAME_AT + timedelta(hours=40)
    land(warehouse, date(2026, 3, 1), at=CAME_AT + timedelta(hours=51))
    turned = judge(warehouse, timedelta(hours=52))[1]
    assert [f.is_stale for f in turned] == [False]


def test_status_sees_who_fell_silent_since_the_last_run(warehouse):
    land(warehouse, *days(*[1] * 9))
    judge(warehouse)
    assert gone_quiet(warehouse, CAME_AT + timedelta(hours=35)) == []
    (quiet,) = gone_quiet(warehouse, CAME_AT + timedelta(days=4))
    assert quiet.name == "shop.orders"
    assert "4.0 days ago; 36 hours of silence" in quiet.sentence


def test_the_last_event_is_the_newest_that_is_a_time_and_not_in_the_future(warehouse):
    warehouse.execute(
        "create schema raw_shop; "
        "create table raw_shop.orders (paid_at varchar, _batch_id varchar)"
    )

    def bring(at: datetime, *values: str):
        land(warehouse, at.date(), at=at)
        for value in values:
            warehouse.execute(
                "insert into raw_shop.orders values (?, ?)",
                [value, f"{at:%Y%m%dT%H%M}"],
            )
        return judge(warehouse, at - CAME_AT, event_time="paid_at")[0].last_event_at

    assert bring(CAME_AT, "2026-06-30T22:00:00Z", "2999-01-01", "soon") == datetime(
        2026, 6, 30, 22
    )
    assert bring(CAME_AT + timedelta(1), "2026-06-01") == datetime(2026, 6, 30, 22)
    assert bring(CAME_AT + timedelta(2), "2026-07-02") == datetime(2026, 7, 2)
