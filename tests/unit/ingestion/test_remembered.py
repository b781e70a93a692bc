"""A lost warehouse is loaded anew as it was: same batches, decisions and quarantine."""

from datetime import datetime

import pytest

from orchestration.kept.state import StateUnreadableError, save_ledger
from orchestration.warehouse import ops_ddl

HEADER = "id,name,note\n"
DAY_1, DAY_2, DAY_9 = (datetime(2026, 7, day, 6) for day in (1, 2, 9))

EVERYTHING = {
    "files": "select * exclude (changed_at) from ops.ingested_files order by all",
    "batches": "from ops.batches order by all",
    "rows": "from raw_crm.people order by all",
    "quarantine": "from quarantine.rows order by all",
    "findings": "from ops.gate_results order by all",
}


def everything(intake) -> dict[str, list[tuple]]:
    return {name: intake.sql(query) for name, query in EVERYTHING.items()}


def decide(intake, batch_id: str, status: str, by: str) -> None:
    intake.connection.execute(
        "update ops.batches set status = ?, decided_by = ?, decided_at = ?, "
        "reason = 'seen' where batch_id = ?",
        [status, by, DAY_2, batch_id],
    )
    intake.connection.execute(
        "insert into ops.gate_results by name select 'raw' as layer, "
        "'raw_crm' as table_schema, 'people' as table_name, ? as version, "
        "false as passed, 'unique' as expectation, 'error' as severity, "
        "? as checked_at",
        [batch_id, DAY_2],
    )


def lose_the_warehouse(intake) -> None:
    for schema in ("ops", "quarantine", "raw_crm"):
        intake.sql(f"drop schema {schema} cascade")
    intake.sql(ops_ddl())


@pytest.fixture
def two_days(intake) -> tuple[str, str]:
    """A day with a bad row and a refused file, and one with a file sent again."""
    intake.drop("2026-06-01.csv", HEADER + "1,a,x\n2,b\n")
    intake.drop("2026-06-01.xls", "no CSV")
    first = intake.load(DAY_1).batch_id
    decide(intake, first, "accepted", "ada")
    intake.drop("2026-06-02.csv", HEADER + "3,c,z\n")
    intake.drop("2026-06-03.csv", HEADER + "3,c,z\n")
    second = intake.load(DAY_2).batch_id
    decide(intake, second, "rejected", "bob")
    save_ledger(intake.connection, intake.data)
    return first, second


def test_all_that_was_loaded_decided_and_quarantined_comes_back(intake, two_days):
    before = everything(intake)
    lose_the_warehouse(intake)
    result = intake.load(DAY_9)
    assert everything(intake) == before
    assert [batch[0] for batch in before["batches"]] == sorted(two_days)
    assert result.newest_batch_id == two_days[1]


def test_what_is_new_since_is_a_batch_of_its_own(intake, two_days):
    lose_the_warehouse(intake)
    intake.drop("2026-06-04.csv", HEADER + "4,d,z\n")
    result = intake.load(DAY_9)
    statuses = dict(intake.sql("select batch_id, status from ops.batches"))
    assert statuses == {
        two_days[0]: "accepted",
        two_days[1]: "rejected",
        result.batch_id: "pending",
    }


def test_a_file_that_changed_since_is_its_next_version_and_judged_anew(
    intake, two_days
):
    lose_the_warehouse(intake)
    intake.drop("2026-06-01.csv", HEADER + "1,A,x\n")
    result = intake.load(DAY_9)
    assert intake.sql(
        "select batch_id, file_version from ops.ingested_files "
        "where path = 'crm/people/2026-06-01.csv'"
    ) == [(result.batch_id, 2)]
    assert ("pending",) in intake.sql("select status from ops.batches")


def test_a_decision_does_not_hold_for_other_rows(intake, two_days):
    """As when a reader that was mended takes rows in that it refused before."""
    intake.sql("update ops.ingested_files set rows_loaded = 0 where rows_loaded = 1")
    (intake.data.state / "ingested_files.parquet").unlink()
    save_ledger(intake.connection, intake.data)
    lose_the_warehouse(intake)
    intake.load(DAY_9)
    assert set(intake.sql("select status from ops.batches")) == {("pending",)}


def test_files_that_are_gone_with_the_warehouse_are_told_once_it_is_rebuilt(
    intake, two_days
):
    (intake.folder / "2026-06-01.csv").unlink()
    assert intake.load(DAY_9).lost == [], "the warehouse has their rows"
    lose_the_warehouse(intake)
    assert intake.load(DAY_9).lost == ["crm/people/2026-06-01.csv"]


def test_a_warehouse_that_is_half_rebuilt_forgets_nothing(intake, two_days):
    before = everything(intake)
    lose_the_warehouse(intake)
    save_ledger(intake.connection, intake.data)
    intake.load(DAY_9)
    assert everything(intake) == before


def test_an_older_warehouse_takes_up_the_batches_that_it_lacks(intake, two_days):
    before = everything(intake)
    for table in ("ops.ingested_files", "ops.batches", "raw_crm.people"):
        column = "batch_id" if table.startswith("ops") else "_batch_id"
        intake.sql(f"delete from {table} where {column} = '{two_days[1]}'")
    intake.sql("delete from ops.ingested_files where note like '%same content%'")
    intake.sql(f"delete from ops.gate_results where version = '{two_days[1]}'")
    intake.load(DAY_9)
    assert everything(intake) == before


def test_a_damaged_mirror_is_told_with_what_to_do(intake, two_days):
    (intake.data.state / "ingested_files.parquet").write_bytes(b"not parquet")
    lose_the_warehouse(intake)
    with pytest.raises(StateUnreadableError, match="Put a backup of it back"):
        intake.load(DAY_9)
