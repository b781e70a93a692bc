"""However files arrive, the tables end as one full build would leave them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt.functions import register_functions
from orchestration.dbt.runner import invoke
from orchestration.universe import write_universe
from tests.pipeline.worlds import World, differences

WORLD = {"customers": 300, "days": 60, "seed": 11}
SESSIONS = (
    "stg_segment__events",
    "stg_segment__interactions",
    "core__interactions",
    "core__session_events",
    "core__sessions",
)


@pytest.fixture(scope="module")
def first_day(tmp_path_factory) -> World:
    """A world after its first build; tests work on copies of it."""
    world = World(tmp_path_factory.mktemp("first_day"))
    write_universe(world.root, **WORLD)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("C360_TARGET", "dev")
        environment.setenv("C360_DATA_DIR", str(world.root))
        return world.takes_in().builds()


def page_view(anonymous_id: str, moment: str) -> str:
    """A call of Segment: somebody looks at a page."""
    at = f"2026-06-20T{moment}:00.000Z"
    return json.dumps(
        {
            "messageId": f"{anonymous_id}-{moment}",
            "type": "page",
            "name": "Home",
            "anonymousId": anonymous_id,
            "timestamp": at,
            "receivedAt": at,
            "channel": "browser",
            "context": {"userAgent": "Mozilla/5.0 (Macintosh)"},
        }
    )


def lines_of(file: Path) -> list[str]:
    return file.read_text().rstrip("\n").split("\n")


def land(folder: Path, name: str, lines: Iterable[str]) -> None:
    (folder / name).write_text("".join(f"{line}\n" for line in lines))


def json_rows(folder: Path) -> Iterator[dict]:
    """The objects of all files, without the lines that are none."""
    for file in sorted(folder.iterdir()):
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt") as lines:
            for line in lines:
                with suppress(json.JSONDecodeError):
                    yield json.loads(line)


def latest(folder: Path, by: str) -> Iterable[dict]:
    """The newest object of each id; of two of one time, the one further down."""
    newest: dict[str, dict] = {}
    for row in json_rows(folder):
        if row["id"] not in newest or newest[row["id"]][by] <= row[by]:
            newest[row["id"]] = row
    return newest.values()


def receipts(folder: Path) -> Iterable[dict]:
    """The first whole line of each transaction."""
    first: dict[str, dict] = {}
    for file in sorted(folder.iterdir()):
        header, *lines = lines_of(file)
        names = header.split(",")
        for line in lines:
            fields = line.split(",")
            if len(fields) == len(names) and '"' not in line:
                first.setdefault(fields[0], dict(zip(names, fields, strict=True)))
    return first.values()


@pytest.mark.parametrize("days", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_days_one_by_one_end_as_all_at_once(first_day, use, tmp_path, days):
    daily = use(first_day.copy(tmp_path / "daily"))
    for day in range(1, days + 1):
        write_universe(daily.root, **WORLD, day=day)
        daily.takes_in().builds()
        assert daily.built_whole() == set()

    at_once = World(tmp_path / "at_once")
    shutil.copytree(daily.data.landing, at_once.data.landing)
    use(at_once).takes_in().builds()
    assert differences(daily, at_once) == {}


def test_what_the_files_say_is_in_the_marts_to_the_cent(first_day):
    """The files are read here by other means, so that both ends are summed."""
    landing = first_day.data.landing
    written = defaultdict(Decimal)
    numbers = Counter()
    for order in latest(landing / "shopify/orders", by="updated_at"):
        if not order.get("test"):
            written["shopify", order["currency"].upper()] += Decimal(
                order["total_price"]
            )
            numbers["shopify"] += 1
    returned = defaultdict(Decimal)
    for receipt in receipts(landing / "pos/transactions"):
        total, currency = Decimal(receipt["total"]), receipt["currency"].upper()
        if receipt["original_transaction_id"]:
            returned[currency] -= total
        else:
            written["pos", currency] += total
            numbers["pos"] += 1

    held = first_day.query(
        "select source_system, currency, count(*), sum(net) from marts.orders "
        "group by all"
    )
    assert {(system, currency): net for system, currency, _, net in held} == written
    assert sum(count for *_, count, _ in held) == numbers.total()
    assert returned == dict(
        first_day.query(
            "select currency, sum(amount) from marts.refunds "
            "where refund_key like 'pos:%' group by all"
        )
    )
    calls = {
        call["messageId"]
        for call in json_rows(landing / "segment/events")
        if call["type"] in ("page", "screen", "track")
    }
    assert first_day.query(
        """
        select
            (select count(*) from marts.interactions where source_system = 'segment')
            + (
                select count(*) from staging.stg_segment__events
                where is_bot and call_type in ('page', 'screen', 'track')
            )
        """
    ) == [(len(calls),)]


@pytest.mark.slow
def test_no_model_compares_every_row_with_every_other(first_day, use, tmp_path):
    """A join without an equality grows with the square: minutes at 100,000 people."""
    few_on_one_side = {
        "golden_record_winners": "the rules of survivorship",
        "int_identity__identifier_values": "the patterns of blocked identifiers",
        "int_identity__match_likely": "what is held before any comparison",
        "not_null_int_identity__match_scores_match_weight": "the same, one row",
        "consents": "the channels",
    }
    use(first_day)
    assert invoke(["compile", "--target-path", str(tmp_path)]).success
    with duckdb.connect(
        str(first_day.data.dev_warehouse), read_only=True
    ) as connection:
        register_functions(connection)
        squares = {
            path.stem
            for path in (tmp_path / "compiled/customer360/models").rglob("*.sql")
            if any(
                "BLOCKWISE_NL_JOIN" in plan
                for _, plan in connection.execute(
                    f"explain {path.read_text()}"
                ).fetchall()
            )
        }
    assert squares == set(few_on_one_side)


def test_odd_arrivals_end_as_a_full_build(first_day, use, tmp_path):
    """A late file, a late decision, a file sent anew, a delete, a changed order.

    And who is whom and what is known of them: stewards join two customers and part one,
    one has a name corrected and another wants no use made of it all.

    The sessions are built at once after each, all else in the end: a table may lag
    behind what it reads by several builds.
    """
    world = use(first_day.copy(tmp_path / "odd"))
    events, orders, contacts, mails = (
        world.data.landing / table
        for table in (
            "segment/events",
            "shopify/orders",
            "hubspot/contacts",
            "klaviyo/events",
        )
    )

    def sessions() -> int:
        sql = "from core.sessions where device_record_key like '%:tablet'"
        return len(world.builds(*SESSIONS).query(sql))

    land(
        events, "2026-06-21.jsonl", [page_view("tablet", m) for m in ("09:00", "09:50")]
    )
    world.takes_in(rejected=["segment.events"])
    assert sessions() == 0
    world.accepts_what_was_rejected()
    assert sessions() == 2

    land(events, "2026-06-22.jsonl", [page_view("tablet", "09:25")])
    order = lines_of(orders / "2026-06-30.jsonl")[-1]
    changed = json.loads(order) | {"cancelled_at": "2026-06-30T20:00:00Z"}
    land(orders, "2026-07-01.jsonl", [json.dumps(changed)])
    everyone = lines_of(contacts / "2026-06-30.csv")
    land(contacts, "2026-07-01.csv", everyone[:-1])
    land(mails, "2026-06-30.jsonl", lines_of(mails / "2026-06-30.jsonl")[:-1])
    world.takes_in()
    assert sessions() == 1

    buyers = """
        select min(record_key), max(record_key), customer_id
        from identity.identity_map
        where record_key in (select record_key from core.order_values)
        group by customer_id
        having count(*) {records}
        order by all
    """
    (one, _, _), (other, _, _), (_, _, corrected), (_, _, hushed), *_ = world.query(
        buyers.format(records="= 1")
    )
    (till, shop, _), *_ = world.query(buyers.format(records="= 2"))
    world.is_told("identity_decisions", "1", "must_link", one, other, "a", "now", "b")
    world.is_told("identity_decisions", "2", "cannot_link", till, shop, "a", "now", "b")
    world.is_told("rectifications", "1", corrected, "given_name", "Zoë", "now")
    world.is_told("restrictions", hushed, "now")

    world.builds()
    assert world.built_whole() == set()
    owners = dict(
        world.query("select record_key, customer_id from identity.identity_map")
    )
    assert owners[one] == owners[other]
    assert owners[till] != owners[shop]
    assert world.query(
        "select given_name from features.golden_record "
        f"where customer_id = '{corrected}'"
    ) == [("Zoë",)]
    assert not world.query(
        f"select 1 from features.customer_days where customer_id = '{hushed}'"
    )
    whole = use(world.copy(tmp_path / "whole")).builds_all("--full-refresh")
    assert whole.built_whole() != set()
    assert differences(world, whole) == {}


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_what_is_told_as_of_an_earlier_moment_is_as_a_full_build_has_it(
    first_day, use, tmp_path
):
    as_of = ("--vars", "{as_of: 2026-06-24 12:00:00}")
    world = use(first_day.copy(tmp_path / "earlier")).builds_all(*as_of)
    assert world.built_whole() == set()
    assert world.query("select max(active_on) from features.customer_days") == [
        (date(2026, 6, 24),)
    ]
    whole = use(world.copy(tmp_path / "whole")).builds_all("--full-refresh", *as_of)
    assert differences(world, whole) == {}


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_mended_rows_come_in_and_aged_ones_leave_as_a_full_build_has_it(
    first_day, use, tmp_path
):
    world = use(first_day.copy(tmp_path / "mended"))
    write_universe(world.root, **WORLD, day=1)
    world.takes_in()
    broken = world.query(
        "select row_id from quarantine.open_rows where source_system = 'segment' "
        "order by dropped_on desc, line limit 2"
    )
    looks = [page_view("tablet", "09:00"), page_view("tablet", "09:10")]
    texts = zip((row_id for (row_id,) in broken), looks, strict=True)
    world.mends(*texts).builds()
    assert world.built_whole() == set()
    (session,) = world.query(
        "select event_count from marts.sessions where device_record_key like '%:tablet'"
    )
    assert session == (2,)

    before = world.query("select count(*) from marts.events")[0][0]
    world.forgets("segment.events", before=date(2026, 7, 1)).builds()
    assert 0 < world.query("select count(*) from marts.events")[0][0] < before / 10
    whole = use(world.copy(tmp_path / "whole")).builds_all("--full-refresh")
    assert differences(world, whole) == {}
