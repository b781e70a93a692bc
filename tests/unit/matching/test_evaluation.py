"""What evaluation says of a table, and what it says when it cannot."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.matching.evaluation import measure
from orchestration.matching.person_table import (
    ColumnMap,
    PersonTableError,
    columns_of,
    profiles_sql,
)

COLUMNS = ["record_id", "source", "first", "born_d", "born_m", "born_y"]


def measured(rows: list[tuple[str, str, str]]):
    with duckdb.connect() as connection:
        connection.execute(
            "create table judged (source varchar, person varchar, customer varchar)"
        )
        connection.executemany("insert into judged values (?, ?, ?)", rows)
        return measure(connection, 1.0)


def test_pairs_and_records_are_counted_and_intervals_hold_the_share():
    """Ann's three records are two customers, one of which has Bob's record, too."""
    found = measured(
        [
            ("crm", "ann", "C1"),
            ("crm", "ann", "C1"),
            ("shop", "ann", "C2"),
            ("shop", "bob", "C2"),
            ("shop", "eve", "C3"),
        ]
    )
    shares = {name: share.value for name, share in found.shares.items()}
    assert shares["precision"] == pytest.approx(1 / 2)
    assert shares["recall"] == pytest.approx(1 / 3, abs=1e-5)
    assert shares["f1"] == pytest.approx(0.4)
    assert shares["b_cubed_precision"] == pytest.approx(4 / 5)
    assert shares["b_cubed_recall"] == pytest.approx((4 / 3 + 1 / 3 + 2) / 5, abs=1e-5)
    assert shares["exact_share"] == pytest.approx(1 / 3, abs=1e-5)
    for share in found.shares.values():
        assert 0 <= share.low <= share.value <= share.high <= 1
    assert [row["source"] for row in found.by_source] == ["crm", "shop"]


def test_what_is_all_right_is_one():
    found = measured([("crm", "ann", "C1"), ("crm", "ann", "C1"), ("crm", "bob", "C2")])
    assert {share.value for share in found.shares.values()} == {1.0}


def test_a_map_names_columns_and_joins_the_parts_of_a_date(tmp_path):
    path = tmp_path / "map.yml"
    path.write_text(
        "profile:\n  given_name: first\n  birth_date: [born_y, born_m, born_d]\n"
    )
    names = ColumnMap.read(path, COLUMNS)
    assert names.profile["birth_date"] == ["born_y", "born_m", "born_d"]
    sql = profiles_sql(_records(tmp_path), names)
    assert "concat_ws(" in sql
    assert "clean_name(" in sql


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("profile: {given_name: forename}", "no column forename"),
        ("profile: {shoe_size: first}", "has no shoe_size"),
        ("identifiers: {passport: first}", "no identifier type passport"),
        ("columns: {}", "must be a map with some of"),
        ("profile: {}", "No column of the records is named"),
        ("[", "is no YAML"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(tmp_path, text, told):
    path = tmp_path / "map.yml"
    path.write_text(text)
    with pytest.raises(PersonTableError, match=told):
        ColumnMap.read(path, COLUMNS)


def test_a_table_that_is_not_there_or_of_no_known_kind_is_told(tmp_path):
    with pytest.raises(PersonTableError, match="There is no file"):
        columns_of(tmp_path / "records.csv")
    (tmp_path / "records.xlsx").write_text("")
    with pytest.raises(PersonTableError, match=r"neither \.parquet nor \.csv"):
        columns_of(tmp_path / "records.xlsx")


def _records(folder):
    path = folder / "records.csv"
    path.write_text("record_id,first\n1,Ann\n")
    return path
