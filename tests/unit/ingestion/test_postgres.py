"""Tables of a real PostgreSQL server land once, exactly, and only what is new."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from orchestration.ingestion.extract import extract
from orchestration.ingestion.extracted import Extracted
from orchestration.ingestion.origins import PostgresOrigin
from orchestration.ingestion.sources import SourceTable
from tests.postgres_server import Database
from tests.unit.ingestion.conftest import NOW, Intake

PEOPLE = PostgresOrigin(
    dsn_env="C360_CRM_DSN",
    query="select * from people",
    cursor="updated_at",
    overlap="10 minutes",
)


@dataclass
class Shop:
    """A table at the source, and what arrives of it."""

    database: Database
    intake: Intake
    now: datetime = NOW

    def run(self, *statements: str) -> None:
        self.database.run(*statements)

    def declare(self, **origin) -> None:
        source = self.intake.source
        self.intake.declare(origin=replace(source.origin, **origin))

    def fetch(self) -> Extracted:
        """Fetch and load, an hour after the last time."""
        self.now += timedelta(hours=1)
        extracted = extract(self.intake.source, self.intake.data, self.now)
        assert extracted
        self.intake.load(self.now)
        return extracted

    def landed(self, columns: str = "id, name, updated_at") -> list[tuple]:
        return self.intake.rows(columns)


@pytest.fixture
def shop(postgres, intake, monkeypatch):
    monkeypatch.setenv("C360_CRM_DSN", postgres.uri)
    postgres.run(
        "drop table if exists people",
        "create table people (id int primary key, name text, updated_at timestamp)",
        "insert into people values (1, 'Ada', '2026-01-01 10:00'), "
        "(2, null, '2026-01-01 11:00:00.5')",
    )
    intake.source = SourceTable(
        system="crm",
        table="people",
        format="parquet",
        mode="upsert",
        key=("id",),
        columns={"id": "integer", "name": "varchar", "updated_at": "timestamp"},
        kind="postgres",
        origin=PEOPLE,
    )
    return Shop(postgres, intake)


FIRST = [("1", "Ada", "2026-01-01 10:00:00"), ("2", None, "2026-01-01 11:00:00.5")]


def test_a_table_lands_whole_at_first(shop):
    extracted = shop.fetch()
    assert shop.landed() == FIRST
    assert extracted.rows == 2
    assert (extracted.cursor_from, extracted.cursor_to) == (
        None,
        "2026-01-01 11:00:00.5",
    )


def test_then_only_what_is_new_lands(shop):
    shop.fetch()
    shop.run(
        "insert into people values (3, 'Cy', '2026-01-02 09:00')",
        "update people set name = 'Ada L', updated_at = '2026-01-02 09:30' "
        "where id = 1",
    )
    assert shop.fetch().rows == 2
    assert sorted(shop.landed()[2:]) == [
        ("1", "Ada L", "2026-01-02 09:30:00"),
        ("3", "Cy", "2026-01-02 09:00:00"),
    ]


def test_a_source_that_is_idle_lands_nothing(shop):
    shop.fetch()
    extracted = shop.fetch()
    assert (extracted.rows, extracted.files) == (0, [])
    assert len(list(shop.intake.folder.iterdir())) == 1


def test_what_is_committed_late_is_found_in_the_overlap_and_nothing_twice(shop):
    shop.fetch()
    with shop.database.begin() as slow, slow.cursor() as cursor:
        cursor.execute("insert into people values (4, 'Slow', '2026-01-01 11:55')")
        shop.run("insert into people values (5, 'Quick', '2026-01-01 12:00')")
        assert shop.fetch().rows == 1
        slow.commit()
    assert shop.fetch().rows == 1
    assert shop.fetch().rows == 0
    assert [row[0] for row in shop.landed("id")] == ["1", "2", "5", "4"]


def test_every_value_arrives_exactly(shop):
    shop.run(
        "drop table people",
        """
        create table people (
            id int primary key, big numeric(40, 12), money money, day date,
            there timestamptz, local timestamp, odd float8, data jsonb, tags text[],
            host inet, code char(5), bytes bytea, uid uuid, span interval,
            updated_at timestamptz
        )
        """,
        """
        insert into people values (
            1, 1234567890123456789012345678.000000000012, 1234.5, '2026-02-28',
            '2026-03-29 03:30+02', '2026-03-29 03:30', 0.1, '{"ä": [1, null]}',
            '{a,"b,c"}', '10.0.0.1', 'ab', '\\xff00',
            '6f1a1c1e-0000-0000-0000-000000000001', '1 day 2 hours', now()
        ), (
            2, 'NaN', null, 'infinity', 'infinity', '-infinity', 'NaN', 'null', null,
            null, null, null, null, null, '2020-01-01'
        )
        """,
    )
    shop.declare(time_zone="Europe/Berlin")
    shop.fetch()
    columns = "big, money, day, there, local, odd, data, tags, host, code, bytes, span"
    assert shop.landed(columns) == [
        (
            "1234567890123456789012345678.000000000012",
            "1234.50",
            "2026-02-28",
            "2026-03-29 01:30:00",
            "2026-03-29 01:30:00",
            "0.1",
            '{"ä": [1, null]}',
            '["a","b,c"]',
            "10.0.0.1/32",
            "ab",
            "\\xff00",
            "1 day 02:00:00",
        ),
        (
            *("NaN", None, "infinity", "infinity", "-infinity", "NaN", "null"),
            *(None, None, None, None, None),
        ),
    ]


def test_rows_without_a_cursor_are_read_every_time_and_land_when_they_change(shop):
    shop.fetch()
    shop.run("insert into people values (6, 'Null', null)")
    assert shop.fetch().rows == 1
    shop.run("insert into people values (7, 'Late', '2026-05-01')")
    assert shop.fetch().rows == 1
    assert shop.fetch().rows == 0
    for name in ("Nil", "Null"):
        shop.run(f"update people set name = '{name}' where id = 6")
        assert shop.fetch().rows == 1
    assert [name for (name,) in shop.landed("name")[2:]] == [
        *("Null", "Late", "Nil", "Null")
    ]


def test_a_row_from_the_future_does_not_hide_those_of_today(shop):
    shop.run("insert into people values (8, 'Marty', '2999-01-01')")
    assert shop.fetch().cursor_to < "2999"
    shop.run("insert into people values (9, 'Today', now() at time zone 'UTC')")
    assert shop.fetch().rows == 1
    assert shop.fetch().rows == 0


def test_a_cursor_that_goes_back_has_the_table_read_anew(shop):
    shop.fetch()
    shop.run(
        "delete from people",
        "insert into people values (1, 'Restored', '2025-12-01')",
    )
    extracted = shop.fetch()
    assert extracted.rows == 1
    (note,) = extracted.notes
    assert "highest updated_at at the source is 2025-12-01 00:00:00" in note
    assert shop.landed("name")[-1] == ("Restored",)
    assert shop.fetch().notes == []


@pytest.mark.parametrize(
    "change",
    [
        "alter table people add column shoe int default 44",
        "alter table people drop column name",
        "alter table people alter column id type text",
    ],
)
def test_a_new_missing_or_retyped_column_has_the_table_read_anew(shop, change):
    shop.fetch()
    shop.run(change)
    extracted = shop.fetch()
    assert extracted.rows == 2
    assert "columns at the source" in extracted.notes[0]
    assert shop.fetch().rows == 0


def test_numbers_serve_as_a_cursor(shop):
    shop.declare(cursor="id", overlap="1")
    shop.fetch()
    shop.run("insert into people values (10, 'Ten', null), (3, 'Three', null)")
    assert shop.fetch().rows == 2
    shop.run("insert into people values (9, 'Nine', null), (8, 'Too late', null)")
    assert shop.fetch().rows == 1


def test_without_a_cursor_all_is_read_and_what_changed_lands(shop):
    shop.declare(cursor=None)
    assert shop.fetch().rows == 2
    assert shop.fetch().rows == 0
    for name in ("'Bo'", "null", "'Bo'"):
        shop.run(f"update people set name = {name} where id = 2")
        assert shop.fetch().rows == 1
    assert shop.landed("name") == [("Ada",), (None,), ("Bo",), (None,), ("Bo",)]


def test_a_snapshot_of_the_same_day_replaces_the_one_before(shop):
    shop.intake.declare(mode="snapshot")
    shop.declare(cursor=None)
    shop.fetch()
    shop.run("delete from people where id = 1")
    shop.fetch()
    assert [path.name for path in shop.intake.folder.iterdir()] == [
        "2026-07-01.parquet"
    ]
    versions = shop.intake.sql(
        "select file_version, rows_loaded from ops.ingested_files order by 1"
    )
    assert versions == [(1, 2), (2, 1)]


def test_keys_that_are_gone_land_as_deletes(shop):
    shop.declare(deletes_every_hours=0)
    shop.fetch()
    shop.run("delete from people where id = 1")
    assert shop.fetch().deleted == 1
    assert shop.fetch().deleted == 0
    assert shop.landed("id, name, c360_deleted_at")[2:] == [
        ("1", None, "2026-07-01 08:00:00")
    ]
    shop.run("insert into people values (1, 'Ada', '2026-01-01 10:00')")
    assert (shop.fetch().rows, shop.fetch().rows, shop.fetch().deleted) == (1, 0, 0)


def test_keys_are_compared_as_often_as_is_declared(shop):
    shop.declare(deletes_every_hours=3)
    shop.fetch()
    shop.run("delete from people where id = 1")
    assert [shop.fetch().deleted for _ in range(3)] == [0, 0, 1]


def test_rows_older_than_the_cursor_are_found_by_their_keys(shop):
    shop.declare(deletes_every_hours=0)
    shop.fetch()
    shop.run("insert into people values (11, 'Imported', '2019-01-01')")
    extracted = shop.fetch()
    assert extracted.rows == 1
    assert "1 row was older than the cursor" in extracted.notes[0]
    assert shop.fetch().rows == 0


def test_a_table_that_was_emptied_is_not_taken_for_deletes(shop):
    shop.declare(deletes_every_hours=0)
    shop.fetch()
    shop.run("truncate people")
    extracted = shop.fetch()
    assert extracted.deleted == 0
    assert "none of its 2 keys was marked as deleted" in extracted.notes[0]
    assert len(shop.landed()) == 2


def test_a_clock_that_was_set_back_does_not_put_new_rows_before_old_ones(shop):
    shop.fetch()
    shop.now -= timedelta(days=2)
    shop.run("insert into people values (12, 'New', '2026-05-01')")
    shop.fetch()
    assert shop.landed("name")[-1] == ("New",)


def test_files_are_taken_as_well_where_a_format_is_declared(shop):
    shop.intake.declare(format="csv")
    shop.intake.drop("2026-01-01.csv", "id,name,updated_at\n0,By hand,2025-01-01\n")
    shop.fetch()
    assert shop.landed() == [("0", "By hand", "2025-01-01"), *FIRST]
