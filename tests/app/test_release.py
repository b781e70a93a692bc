"""Readers see one whole release, then the next one, and never half of any."""

import os
import threading
import time
from pathlib import Path

import duckdb
import pytest

from app.finding import index_of
from app.release import NotPublishedError, Releases
from orchestration.project import Manifest
from orchestration.warehouse import DataDir
from tests.app import releases as small
from tests.app.releases import PEOPLE

OLDER = {"customers": PEOPLE["customers"]}
NEWER = {"customers": [{"customer_id": "C0000000007", "display_name": "New"}]}


def publish(data: DataDir, manifest: Manifest, run_id: str, rows: small.Rows) -> None:
    small.publish(data, manifest, run_id, rows, every_mart=False)


def names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select display_name from marts.customers order by 1")
    return [name for (name,) in rows.fetchall()]


def open_files(part: str) -> list[str]:
    """Return the files that are open or mapped here, by a part of their path."""
    paths = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
    paths += Path("/proc/self/maps").read_text().splitlines()
    return [path for path in paths if part in path]


def test_it_says_that_nothing_is_published(data):
    with pytest.raises(NotPublishedError, match="Publish with: c360 run"):
        Releases(data).current()


def test_a_new_release_is_noticed_and_the_old_closed_when_idle(data, manifest):
    publish(data, manifest, "one", OLDER)
    releases = Releases(data)
    with releases.read(masked=False) as before:
        assert len(names(before)) == len(PEOPLE["customers"])
        publish(data, manifest, "two", NEWER)
        assert releases.current().run_id == "two"
        with releases.read(masked=False) as after:
            assert names(after) == ["New"]
        # Who was reading goes on with what they began with.
        assert len(names(before)) == len(PEOPLE["customers"])
        assert open_files(f"{data.published}/releases/one")
    assert open_files(f"{data.published}/releases/one") == []
    releases.close()
    assert open_files(f"{data.published}/releases/two") == []


def test_a_replaced_release_is_closed_though_nobody_asks(data, manifest):
    publish(data, manifest, "one", PEOPLE)
    releases = Releases(data, look_every=0.01)
    index_of(releases.current())
    with releases.read(masked=False):
        publish(data, manifest, "two", NEWER)
        time.sleep(0.1)
        assert open_files(f"{data.published}/releases/one")
    deadline = time.monotonic() + 10
    while open_files(f"{data.published}/releases/one"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    releases.close()


def test_many_threads_read_while_releases_are_published(data, manifest):
    publish(data, manifest, "r0", OLDER)
    releases, done, wrong = Releases(data), threading.Event(), []
    whole = (
        ["New"],
        sorted(customer["display_name"] for customer in OLDER["customers"]),
    )

    def read() -> None:
        while not done.is_set():
            try:
                with releases.read(masked=False) as connection:
                    found = names(connection)
                if found not in whole:
                    wrong.append(found)
            except Exception as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 4):
        publish(data, manifest, f"r{number}", NEWER if number % 2 else OLDER)
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert releases.current().run_id == "r3"
    releases.close()


def test_a_connection_reaches_nothing_but_its_file(whole, release):
    for query in (
        "from read_csv('/etc/hosts')",
        f"attach '{release.path}/customer360_masked.duckdb' as other",
        "set memory_limit = '1GB'",
        "delete from marts.customers",
        "copy marts.customers to 'people.csv'",
    ):
        with pytest.raises(duckdb.Error):
            whole.execute(query)


def test_the_masked_twin_holds_no_names(masked):
    known = {customer["display_name"] for customer in PEOPLE["customers"]}
    assert len(names(masked)) == len(known)
    assert not known & set(names(masked))


@pytest.mark.parametrize("is_masked", [False, True])
def test_a_customer_is_looked_up_by_index_whatever_their_number(release, is_masked):
    with release.read(masked=is_masked) as connection:
        rows = connection.execute(
            "select table_name, expressions from duckdb_indexes() order by all"
        ).fetchall()
    assert rows == [
        ("customer_id_aliases", "[current_customer_id]"),
        ("customer_id_aliases", "[customer_id]"),
        ("customers", "[customer_id]"),
    ]
