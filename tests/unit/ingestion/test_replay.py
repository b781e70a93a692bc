"""Mended rows of quarantine: landed once, marked, and what is not mended stays."""

import json

import pytest

from orchestration.ingestion.replay import replay
from tests.unit.ingestion.conftest import NOW

BAD = 'id,name,note\n1,Ann,x\n2,Bo\n3,"Cy,x\n'


def held(intake) -> list[dict]:
    rows = intake.sql(
        "select row_id, line, text from quarantine.open_rows order by file, line"
    )
    return [dict(zip(("row_id", "line", "text"), row, strict=True)) for row in rows]


def put_back(intake, rows: list[dict], now=NOW):
    mended = intake.data.root / "mended.jsonl"
    mended.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return replay(
        intake.connection, [intake.source], intake.data, mended, now, settle_seconds=0
    )


def replay_files(intake) -> list[str]:
    return sorted(path.name for path in intake.folder.glob("*.replay-*"))


def test_a_mended_row_is_loaded_and_no_longer_held(intake):
    intake.load_one("2026-06-30.csv", BAD)
    short, quote = held(intake)
    short["text"] = '2,"Bo, B.",y'

    result = put_back(intake, [short, quote])

    assert (result.replayed, result.unchanged, result.refused) == (1, 1, [])
    assert intake.rows() == [("1", "Ann", "x"), ("2", "Bo, B.", "y")]
    assert [row["line"] for row in held(intake)] == [4]
    assert intake.sql("select count(*) from quarantine.rows") == [(2,)]
    assert intake.sql("select rows_read, rows_loaded from ops.batches") == [
        (3, 1),
        (1, 1),
    ]
    assert intake.sql(
        "select distinct dropped_on::varchar from ops.ingested_files"
    ) == [("2026-06-30",)]
    assert intake.sql("select * from ops.schema_changes") == []


def test_doing_it_twice_changes_nothing(intake):
    intake.load_one("2026-06-30.csv", BAD)
    short, quote = held(intake)
    short["text"] = "2,Bo,y"
    put_back(intake, [short, quote])
    quote["text"] = "3,Cy,x"

    assert put_back(intake, [short, quote]).done_before == 1
    assert put_back(intake, [short, quote]).done_before == 2
    assert sorted(row[0] for row in intake.rows()) == ["1", "2", "3"]
    assert held(intake) == []


def test_a_replay_that_was_cut_off_after_landing_lands_no_row_twice(
    intake, monkeypatch
):
    intake.load_one("2026-06-30.csv", BAD)
    short, quote = held(intake)
    short["text"] = "2,Bo,y"
    calls = []

    def killed(*args, **kwargs):
        calls.append(args)
        if len(calls) > 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.ingestion.replay.load_table", killed)
        with pytest.raises(KeyboardInterrupt):
            put_back(intake, [short])
    assert len(replay_files(intake)) == 1
    quote["text"] = "3,Cy,x"
    result = put_back(intake, [short, quote])
    assert (result.done_before, result.replayed) == (1, 1)
    assert sorted(row[0] for row in intake.rows()) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2,Bo,y,z", "4 fields"),
        ("2,Bo,y\n7,Eve,z", "not one row"),
        ('2,"Bo,y', "quote"),
    ],
)
def test_a_row_that_is_still_broken_stays(intake, text, reason):
    intake.load_one("2026-06-30.csv", BAD)
    short, _ = held(intake)
    result = put_back(intake, [{**short, "text": text}])
    assert result.replayed == 0
    assert "2026-06-30.csv, line 3" in result.refused[0]
    assert reason in result.refused[0]
    assert replay_files(intake) == []
    assert len(held(intake)) == 2


def test_json_lines_are_replayed_as_they_are_written(intake):
    intake.declare(format="jsonl")
    intake.load_one("2026-06-30.jsonl.gz.tmp".removesuffix(".gz.tmp"), '{"id": 1,\n')
    (row,) = held(intake)
    good = put_back(intake, [{**row, "text": '{"id": 1, "name": {"a": null}}'}])
    assert good.refused == []
    assert intake.rows("id, name") == [("1", '{"a":null}')]
    assert held(intake) == []


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_a_value_of_the_wrong_type_is_mended_by_column(intake, format_):
    """As the cast of staging quarantines it: the raw row as JSON."""
    intake.declare(format=format_)
    path = intake.folder / f"2026-06-30.{format_}"
    options = f"format {'json' if format_ == 'jsonl' else format_}"
    query = "select '1' as id, 'not, a number' as name, '' as note"
    intake.sql(f"copy ({query}) to '{path}' ({options})")
    intake.load()
    intake.sql(
        """
        insert into quarantine.rows
        select 'crm', 'people', 'cast', _file, _line, 'name', 'name is not a double',
            to_json(raw)::varchar, _batch_id, now()::timestamp
        from raw_crm.people as raw
        """
    )
    (row,) = held(intake)
    fields = json.loads(row["text"])
    mended = {**fields, "name": "7", "added": None}
    result = put_back(intake, [{**row, "text": json.dumps(mended)}])
    assert (result.replayed, result.refused) == (1, [])
    assert intake.rows() == [("1", "not, a number", ""), ("1", "7", "")]
    assert held(intake) == []
    again = put_back(intake, [{**row, "text": "[]"}])
    assert again.done_before == 1


@pytest.mark.parametrize(
    ("declared", "date_formats", "bad", "good"),
    [
        ("decimal(18,3)", {}, "l", "1.5"),
        ("date", {"name": "%d/%m/%Y"}, "2026-06-30", "30/06/2026"),
        ("json", {}, "{", "{}"),
    ],
)
def test_a_value_that_is_still_of_the_wrong_type_stays(
    intake, declared, date_formats, bad, good
):
    """Else it would land as a small batch of bad rows, and close a required source."""
    columns = {"id": "varchar", "name": declared, "note": "varchar"}
    intake.declare(columns=columns, date_formats=date_formats)
    intake.load_one("2026-06-30.csv", f"id,name,note\n1,{bad},x\n")
    intake.sql(
        """
        insert into quarantine.rows
        select 'crm', 'people', 'cast', _file, _line, 'name', 'name is wrong',
            to_json(raw)::varchar, _batch_id, now()::timestamp
        from raw_crm.people as raw
        """
    )
    (row,) = held(intake)
    fields = json.loads(row["text"])
    worse = put_back(
        intake, [{**row, "text": json.dumps(fields | {"name": f"{bad}?"})}]
    )
    assert worse.replayed == 0
    assert worse.refused == [
        f"crm/people/2026-06-30.csv, line 2: the row is still no good: name is not of "
        f"type {declared}: {bad}?."
    ]
    assert replay_files(intake) == []
    mended = put_back(intake, [{**row, "text": json.dumps(fields | {"name": good})}])
    assert (mended.replayed, mended.refused) == (1, [])


def test_a_later_version_of_the_file_settles_its_rows(intake):
    intake.load_one("2026-06-30.csv", BAD)
    before = held(intake)
    intake.drop("2026-06-30.csv", "id,name,note\n1,Ann,x\n2,Bo,z\n3\n")
    intake.load(NOW.replace(hour=7))
    (left,) = held(intake)
    assert left["text"] == "3"
    assert "no such row" in put_back(intake, before).refused[0]


def test_a_rejected_replay_leaves_its_rows_held(intake):
    intake.load_one("2026-06-30.csv", BAD)
    short, _ = held(intake)
    put_back(intake, [{**short, "text": "2,Bo,y"}])
    intake.sql("update ops.batches set status = 'rejected' where rows_quarantined = 0")
    assert short in held(intake)


def test_a_new_warehouse_knows_from_the_files_what_was_replayed(intake):
    intake.load_one("2026-06-30.csv", BAD)
    short, quote = held(intake)
    put_back(intake, [{**short, "text": "2,Bo,y"}])
    intake.sql(
        "drop schema raw_crm cascade; delete from ops.batches; "
        "delete from ops.ingested_files; delete from quarantine.rows; "
        "delete from quarantine.replays"
    )
    intake.load()
    assert held(intake) == [quote]


def test_what_is_no_such_file_is_said(intake):
    mended = intake.data.root / "mended.jsonl"
    sources, data = [intake.source], intake.data
    with pytest.raises(FileNotFoundError, match="quarantine show"):
        replay(intake.connection, sources, data, mended, NOW)
    mended.write_text("row_id,text\n1,2\n")
    with pytest.raises(ValueError, match="not JSON lines"):
        replay(intake.connection, sources, data, mended, NOW)
