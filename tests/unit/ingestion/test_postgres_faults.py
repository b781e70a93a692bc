"""What goes wrong at a PostgreSQL server is one sentence, and nothing is lost."""

from pathlib import Path

import pytest

from orchestration.ingestion import cursors
from orchestration.ingestion.cursors import Cursors, PositionUnreadableError
from orchestration.ingestion.extracted import ExtractError
from tests.unit.ingestion.test_postgres import FIRST, shop  # noqa: F401


@pytest.fixture
def filled(shop):  # noqa: F811
    """A shop whose table landed once, and has news."""
    shop.fetch()
    shop.run("insert into people values (3, 'Cy', '2026-01-02')")
    return shop


def assert_fails(shop, *sentences: str) -> None:  # noqa: F811
    """Fetching fails in one line with these words, and leaves everything as it was."""
    before = sorted(path.name for path in shop.intake.folder.iterdir())
    with pytest.raises(ExtractError) as error:
        shop.fetch()
    message = str(error.value)
    assert "\n" not in message
    for sentence in sentences:
        assert sentence in message
    assert "crm.people" in message
    assert sorted(path.name for path in shop.intake.folder.iterdir()) == before


def test_a_table_that_was_dropped(filled):
    filled.run("drop table people")
    assert_fails(filled, 'relation "people" does not exist', "What landed before stays")
    filled.run(
        "create table people (id int, name text, updated_at timestamp)",
        "insert into people values (3, 'Cy', '2026-01-02')",
    )
    assert filled.fetch().rows == 1


@pytest.mark.parametrize(("column", "role"), [("id", "key"), ("updated_at", "cursor")])
def test_a_key_or_cursor_that_was_dropped(filled, column, role):
    filled.run(f"alter table people drop column {column}")
    assert_fails(filled, f"has no {column} at the source", f"names as {role}")


def test_a_cursor_that_is_no_time_and_no_number(filled):
    filled.declare(cursor="name")
    assert_fails(filled, "its cursor name is of type text at the source")


def test_a_query_with_an_error(filled):
    filled.declare(query="select 1 / (id - 3) as id, updated_at from people")
    assert_fails(filled, "PostgreSQL says: ERROR: division by zero")


def test_a_table_that_may_not_be_read(filled, monkeypatch):
    filled.run("drop role if exists guest", "create role guest login")
    uri = filled.database.uri.replace("postgres:", "guest:", 1)
    monkeypatch.setenv("C360_CRM_DSN", uri)
    assert_fails(filled, "permission denied", "Grant select on it")


def test_a_password_that_is_refused_is_not_told(filled, monkeypatch):
    filled.run("drop role if exists keeper", "create role keeper login password 'open'")
    rules = filled.database.folder / "pg_hba.conf"
    rules.write_text(f"local all keeper scram-sha-256\n{rules.read_text()}")
    filled.run("select pg_reload_conf()")
    uri = filled.database.uri.replace("postgres:", "keeper:s3cret", 1)
    monkeypatch.setenv("C360_CRM_DSN", uri)
    assert_fails(filled, "refused the user or password in C360_CRM_DSN")


@pytest.mark.parametrize(
    ("dsn", "sentence"),
    [
        ("postgresql://me:s3cret@127.0.0.1:1/crm", "cannot be reached"),
        ("host=127.0.0.1 port=1 password=s3cret", "cannot be reached"),
        ("host=/nowhere", "cannot be reached"),
        ("s3cret", "C360_CRM_DSN is not a connection string"),
        ("", "the environment variable C360_CRM_DSN is not set"),
    ],
)
def test_a_server_that_is_not_there(filled, monkeypatch, dsn, sentence):
    monkeypatch.setenv("C360_CRM_DSN", dsn)
    assert_fails(filled, sentence)
    with pytest.raises(ExtractError) as error:
        filled.fetch()
    assert "s3cret" not in str(error.value)


def test_a_connection_that_is_cut_in_the_middle(filled):
    cut = """
        select
            case when id < 200000 or pg_terminate_backend(pg_backend_pid()) then id end
                as id,
            repeat('x', 100) as name,
            timestamp '2026-01-01' as updated_at
        from generate_series(1, 200000) as t (id)
    """
    filled.declare(query=cut)
    assert_fails(filled, "The connection broke off", "Nothing of it was kept")
    filled.declare(query="select * from people")
    assert filled.fetch().rows == 1
    assert filled.landed("id") == [("1",), ("2",), ("3",)]


def test_a_folder_that_cannot_be_written(filled):
    blocked = Cursors(filled.intake.data, filled.intake.source).partial
    blocked.mkdir()
    assert_fails(filled, "cannot be written", "The next run fetches it again")


def test_a_damaged_position_is_named(filled):
    path = Cursors(filled.intake.data, filled.intake.source).path
    path.write_text("{")
    with pytest.raises(PositionUnreadableError, match="Delete the file"):
        filled.fetch()
    path.unlink()
    assert filled.fetch().rows == 3


def test_landing_files_that_were_deleted_are_fetched_again(filled):
    for path in filled.intake.folder.iterdir():
        path.unlink()
    assert filled.fetch().rows == 3


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", range(5))
def test_a_kill_at_any_step_of_a_commit_loses_and_doubles_nothing(
    filled, monkeypatch, step
):
    """The disk is touched in five steps; the process ends before each of them."""
    steps = iter(range(5))

    def or_die(function):
        def wrapped(*args, **kwargs):
            if next(steps, None) == step:
                raise Killed
            return function(*args, **kwargs)

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(cursors, "_write", or_die(cursors._write))
        patch.setattr(Path, "replace", or_die(Path.replace))
        patch.setattr(cursors, "_sync", or_die(cursors._sync))
        with pytest.raises(Killed):
            filled.fetch()
    filled.fetch()
    assert filled.landed() == [*FIRST, ("3", "Cy", "2026-01-02 00:00:00")]
    assert filled.fetch().rows == 0
