"""A release made of the one before: what is written, and that nobody can tell."""

import json
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.privacy.erasure import journal
from orchestration.releases import draft, renewal, reuse
from orchestration.releases.publish import publish
from orchestration.warehouse import DataDir, connect
from tests.pipeline.small_releases import FILES, MANIFEST, build, read, release_of

CUSTOMERS = 200_000  # of two row groups


@pytest.fixture
def first(data: DataDir) -> Path:
    return release_of(data, "run1", CUSTOMERS, 1)


def change(data: DataDir, *statements: str) -> None:
    """Change what the warehouse holds, as a gate that passed it says."""
    with connect(data.warehouse) as warehouse:
        for statement in statements:
            warehouse.execute(statement)


def was_renewed(release: Path) -> bool:
    manifest = json.loads((release / "manifest.json").read_text())
    return manifest["written_anew"]["at"] != manifest["published_at"]


def rows(path: Path, table: str = "marts.customers") -> list[tuple]:
    return sorted(read(path, f"from {table}"), key=repr)


def places(path: Path) -> dict[str, int]:
    """Return where in a file the row of each customer lies."""
    return dict(read(path, "select customer_id, rowid from marts.customers"))


def published_anew(data: DataDir, run_id: str, monkeypatch) -> Path:
    with monkeypatch.context() as patch:
        patch.setattr(reuse, "GROWN", 0)
        patch.setattr(draft, "holds_the_same", lambda *_: False)
        release = publish(run_id, data, manifest=MANIFEST).path
    assert not was_renewed(release)
    return release


def test_rows_that_stay_are_left_where_they_lie(data, first):
    change(
        data,
        "delete from marts.customers where customer_id in ('c000007', 'c150000')",
        "update marts.customers set email = 'new' where customer_id = 'c000009'",
        "insert into marts.customers values ('c0000085', 'come@example.com', null)",
    )
    second = publish("run2", data, manifest=MANIFEST).path

    assert was_renewed(second)
    for name in FILES:
        before, now = places(first / name), places(second / name)
        assert set(before) - set(now) == {"c000007", "c150000"}
        moved = {who for who in now if now[who] != before.get(who)}
        assert moved == {"c000009", "c0000085"}
        assert min(now[who] for who in moved) >= CUSTOMERS
    stamped = "select run_id, row_counts->>'marts.customers' from marts._published"
    assert read(second / FILES[1], stamped) == [("run2", str(CUSTOMERS - 1))]


def test_a_table_of_mostly_new_rows_is_in_order_again(data, first):
    change(data, "update marts.customers set email = 'x' || email")
    second = publish("run2", data, manifest=MANIFEST).path
    assert was_renewed(second)
    for name in FILES:
        lying = read(
            second / name, "select customer_id from marts.customers order by rowid"
        )
        assert lying == sorted(lying)
        assert len(lying) == CUSTOMERS


EMAILS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=6)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=EMAILS, after=EMAILS)
def test_a_renewed_release_holds_what_one_written_anew_does(
    before, after, tmp_path_factory, monkeypatch
):
    data = DataDir(tmp_path_factory.mktemp("data"))
    build(data, 0, version=1)
    refill = "insert into marts.customers select 'c1', unnest(?), null"
    for run_id, emails in (("run1", before), ("run2", after)):
        with connect(data.warehouse) as warehouse:
            warehouse.execute("delete from marts.customers")
            warehouse.execute(refill, [emails])
        release = publish(run_id, data, manifest=MANIFEST)
    anew = published_anew(data, "run3", monkeypatch)
    for name in FILES:
        assert rows(release.path / name) == rows(anew / name)
        assert len(rows(anew / name)) == len(after)


@pytest.mark.parametrize(
    ("limit", "value"), [("RENEWED_FOR", timedelta(0)), ("GROWN", 0.5)]
)
def test_files_are_written_anew_after_a_week_or_once_they_have_grown(
    data, first, monkeypatch, limit, value
):
    monkeypatch.setattr(reuse, limit, value)
    change(data, "delete from marts.customers where customer_id = 'c000004'")
    assert not was_renewed(publish("run2", data, manifest=MANIFEST).path)


def test_another_layout_is_written_anew(data, first):
    change(data, "comment on column marts.customers.email is 'Another word.'")
    assert not was_renewed(publish("run2", data, manifest=MANIFEST).path)


def test_an_erasure_leaves_no_blocks_of_rows_that_went(data, first, monkeypatch):
    change(data, "delete from marts.customers where customer_id = 'c000004'")
    publish("run2", data, manifest=MANIFEST)
    monkeypatch.setattr(journal, "pending", lambda _data: "an erasure")
    # Nothing differs, but the blocks of that file have what went.
    third = publish("run3", data, manifest=MANIFEST)
    assert not third.reused
    assert not was_renewed(third.path)
    change(data, "delete from marts.customers where customer_id = 'c000005'")
    assert not was_renewed(publish("run4", data, manifest=MANIFEST).path)


def test_a_file_that_somebody_wrote_in_is_not_built_upon(data, first):
    with duckdb.connect(str(first / FILES[1])) as meddler:
        meddler.execute("delete from marts.customers where customer_id = 'c000003'")
    change(data, "delete from marts.customers where customer_id = 'c000004'")
    second = publish("run2", data, manifest=MANIFEST).path
    assert not was_renewed(second)
    assert len(rows(second / FILES[1])) == CUSTOMERS - 1


def test_a_renewal_that_came_out_wrong_is_written_anew(data, first, monkeypatch):
    change(data, "delete from marts.customers where customer_id = 'c000004'")
    monkeypatch.setattr(renewal, "_add_what_came", lambda *_: None)
    change(data, "insert into marts.customers values ('d', 'd@example.com', null)")
    second = publish("run2", data, manifest=MANIFEST).path
    assert not was_renewed(second)
    assert len(rows(second / FILES[0])) == CUSTOMERS
