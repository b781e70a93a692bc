"""The copy of a release in a real PostgreSQL server."""

from collections.abc import Callable

import adbc_driver_postgresql.dbapi as adbc
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.project import Manifest
from orchestration.releases.postgres_copy import CopyError, copy_release
from orchestration.warehouse import DataDir
from tests.app.releases import PEOPLE, publish

EMAIL = "rob.gruenwald@mail.example"
Ask = Callable[..., list[tuple]]


@pytest.fixture
def ask(postgres) -> Ask:
    """Return a function that asks the server, as a role if one is named."""
    postgres.run(
        "drop view if exists emails",
        "drop schema if exists marts cascade",
        "drop schema if exists marts_next cascade",
        "drop role if exists analyst",
    )

    def asked(query: str, role: str | None = None) -> list[tuple]:
        with adbc.connect(postgres.uri) as connection, connection.cursor() as cursor:
            if role:
                cursor.execute(f"set role {role}")
            cursor.execute(query)
            return cursor.fetchall()

    return asked


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> DataDir:
    """A release of its own: this process has the shared one open as readers do."""
    data = DataDir(tmp_path_factory.mktemp("copied"))
    publish(data, manifest, "first")
    return data


def test_the_copy_holds_the_release_masked_unless_told_otherwise(people, postgres, ask):
    copied = copy_release(people, postgres.uri)
    assert copied.row_counts["customers"] == len(PEOPLE["customers"])
    assert ask(f"select count(*) from marts.customers where email = '{EMAIL}'") == [
        (0,)
    ]
    copy_release(people, postgres.uri, masked=False)
    assert ask(
        "select email, revenue_reporting::float from marts.customers "
        "where customer_id = 'C0000000001'"
    ) == [(EMAIL, 120.0)]
    assert ask(
        "select pg_typeof(revenue_reporting)::text, pg_typeof(first_order_at)::text, "
        "pg_typeof(birth_date)::text from marts.customers limit 1"
    ) == [("numeric", "timestamp without time zone", "date")]


def test_who_could_read_still_can_and_nobody_else(people, postgres, ask):
    copy_release(people, postgres.uri)
    postgres.run(
        "create role analyst",
        "grant usage on schema marts to analyst",
        "grant select on marts.segments to analyst",
        "grant select (customer_id) on marts.customers to analyst",
    )
    copy_release(people, postgres.uri)
    assert ask("select count(*) from marts.segments", "analyst") == [(2,)]
    assert ask("select count(customer_id) from marts.customers", "analyst") == [(4,)]
    for refused in ("select email from marts.customers", "select * from marts.orders"):
        with pytest.raises(adbc.Error, match="permission denied"):
            ask(refused, "analyst")
    postgres.run("drop schema marts cascade", "drop role analyst")


def test_a_copy_that_fails_leaves_readers_what_they_had(
    people, postgres, ask, data, manifest
):
    copy_release(people, postgres.uri, masked=False)
    postgres.run("create view emails as select email from marts.customers")
    publish(data, manifest, "next", {"customers": []}, every_mart=False)
    with pytest.raises(CopyError, match="other objects depend on it"):
        copy_release(data, postgres.uri)
    assert ask("select run_id from marts._published") == [("first",)]
    assert len(ask("select email from emails")) == 4
    postgres.run("drop view emails")
    copy_release(data, postgres.uri)
    assert ask("select run_id from marts._published") == [("next",)]
    assert ask("select count(*) from pg_tables where schemaname = 'marts_next'") == [
        (0,)
    ]


def test_errors_of_the_command_are_sentences(data: DataDir):
    for url in ("postgresql://nobody@127.0.0.1:1/none", "nonsense"):
        said = CliRunner().invoke(app, ["copy-postgres", url])
        assert said.exit_code == 1
        assert "There is no release" in said.output


def test_a_server_that_is_not_there_is_told(people, monkeypatch):
    monkeypatch.setenv("C360_DATA_DIR", str(people.root))
    said = CliRunner().invoke(
        app, ["copy-postgres", "postgresql://nobody@127.0.0.1:1/none"]
    )
    assert said.exit_code == 1
    assert "readers keep the one before" in " ".join(said.output.split())
    assert "Traceback" not in said.output
