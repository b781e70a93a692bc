"""The gate of raw holds back the batch that has a bad row, until somebody decides."""

from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.gates.judging import judge
from orchestration.ingestion.batches import (
    BatchError,
    accept_batch,
    list_batches,
    reject_batch,
)
from orchestration.warehouse import connect
from tests.pipeline.gated_project import (
    GOOD,
    build,
    data,
    land,
    small_project,
    status_of,
)

__all__ = ["data", "small_project"]  # fixtures


class TestRawGate:
    """Batches wait; only required sources close the gate."""

    def test_a_good_batch_is_accepted(self, data):
        land("good", GOOD)
        assert judge("raw", run_id="a").passed
        assert status_of("good") == "accepted"

    @pytest.mark.parametrize(
        ("rows", "rule"),
        [
            ([*GOOD, (None, "1")], "thing_id: is never empty"),
            ([("t1", "1"), ("t1", "2")], "thing_id: are unique together"),
            ([("t1", "1"), ("t2", "one")], "amount: can be read as decimal"),
            ([], "the number of rows is 1 or more"),
        ],
    )
    def test_a_bad_batch_waits_and_says_why(self, data, rows, rule):
        land("bad", rows)
        assert not judge("raw", run_id="a").passed
        (batch,) = list_batches()
        assert batch.status == "waiting"
        assert rule in batch.reason

    def test_lost_rows_close_it(self, data):
        land("short", GOOD)
        with connect() as connection:
            connection.execute("delete from raw_shop.things where thing_id = 't3'")
        assert not judge("raw", run_id="a").passed

    def test_a_batch_ten_times_too_large_waits_and_says_what_is_usual(self, data):
        def drop(week: int, rows: int) -> str:
            day = date(2026, 1, 2) + timedelta(weeks=week)
            pages = [(f"{week}-{number}",) for number in range(rows)]
            land(f"week{week}", pages, "leaflets.pages", day)
            judge("raw", run_id="a")
            return status_of(f"week{week}")

        assert {drop(week, 30 + week % 3) for week in range(9)} == {"accepted"}
        assert drop(9, 310) == "waiting"
        (batch,) = list_batches()
        assert batch.reason == (
            "the number of rows is usual: the drop of Friday 2026-03-06 has 310 rows, "
            "where 21 to 41 are usual by 8 drops on Fridays from 2026-01-09 to "
            "2026-02-27"
        )
        assert drop(10, 31) == "accepted", "the next one is judged by the good ones"

    def test_a_source_that_is_not_required_waits_alone(self, data):
        land("good", GOOD)
        land("bad", [(None,)], "leaflets.pages")
        assert judge("raw", run_id="a").passed
        assert (status_of("good"), status_of("bad")) == ("accepted", "waiting")
        assert build("--select", "stg_shop__things")[0]

    def test_dbt_refuses_to_build_staging_until_somebody_decides(self, data):
        land("bad", [*GOOD, (None, "1")])
        verdict = judge("raw", run_id="a")
        success, message = build("--select", "staging")
        assert not success
        assert "gate raw has not passed for shop.things" in message
        assert "c360 gate raw" in message
        page = verdict.report.read_text(encoding="utf-8")
        assert "c360 batch accept bad --reason" in page
        assert "models/staging/shop/_shop.yml" in page
        said = CliRunner().invoke(app, ["batch", "accept", "bad", "--reason", "known"])
        assert said.exit_code == 0
        (batch,) = list_batches(every=True)
        assert (batch.status, batch.reason) == ("accepted", "known")
        assert build("--select", "staging")[0]
        assert judge("raw", run_id="b").passed

    def test_a_mended_file_takes_the_place_of_a_batch_that_waits(self, data):
        land("bad", [*GOOD, (None, "1")], file="monday.csv")
        land("other", [(None, "1")], file="tuesday.csv")
        assert not judge("raw", run_id="a").passed
        land("worse", [(None, "1")], file="monday.csv", version=2)
        judge("raw", run_id="b")
        assert [b.batch_id for b in list_batches()] == ["worse", "other", "bad"]
        land("mended", GOOD, file="monday.csv", version=3)
        assert not judge("raw", run_id="c").passed
        assert [b.batch_id for b in list_batches()] == ["other"]
        assert status_of("bad") == status_of("worse") == "rejected"
        (told,) = (b for b in list_batches(every=True) if b.batch_id == "bad")
        assert told.reason.startswith("its files were sent again")
        assert "thing_id: is never empty" in told.reason
        assert told.decided_by == "gate, run c"

    def test_a_batch_of_which_one_file_was_not_sent_again_waits_on(self, data):
        land("bad", [(None, "1")], file="monday.csv")
        with connect() as connection:
            connection.execute(
                "insert into ops.ingested_files by name "
                "select * replace ('tuesday.csv' as path) from ops.ingested_files"
            )
        judge("raw", run_id="a")
        land("mended", GOOD, file="monday.csv", version=2)
        judge("raw", run_id="b")
        assert status_of("bad") == "waiting"

    def test_what_is_accepted_by_hand_takes_the_place_of_what_it_replaces(self, data):
        land("bad", [(None, "1")], file="monday.csv")
        judge("raw", run_id="a")
        land("mended", [(None, "2")], file="monday.csv", version=2)
        judge("raw", run_id="b")
        accept_batch("mended", by="dora")
        assert list_batches() == []
        assert status_of("bad") == "rejected"

    def test_a_decision_is_final(self, data):
        land("bad", [(None, "1")])
        judge("raw", run_id="a")
        reject_batch("bad", by="dora", reason="sent again")
        with pytest.raises(BatchError, match="rejected already, by dora") as error:
            accept_batch("bad")
        assert "c360 reload shop.things --from DAY" in str(error.value)
        with pytest.raises(BatchError, match="no batch nothing"):
            accept_batch("nothing")
