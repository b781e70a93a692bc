"""What the tests of serving share: a small release that they only read."""

from collections.abc import Iterator

import duckdb
import pytest

from app.release import Release, Releases
from orchestration.project import Manifest
from orchestration.warehouse import DataDir
from tests.app.releases import publish


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> DataDir:
    """A data directory with a release of four people; tests do not write to it."""
    data = DataDir(tmp_path_factory.mktemp("people"))
    publish(data, manifest, "first")
    return data


@pytest.fixture(scope="session")
def release(people: DataDir) -> Iterator[Release]:
    """The release of four people, open."""
    releases = Releases(people)
    yield releases.current()
    releases.close()


@pytest.fixture
def whole(release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the whole release."""
    with release.read(masked=False) as connection:
        yield connection


@pytest.fixture
def masked(release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to its masked twin."""
    with release.read(masked=True) as connection:
        yield connection
