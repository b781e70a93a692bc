"""What all tests share: the project's manifest, and a data directory of their own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from orchestration import project
from orchestration.warehouse import DataDir
from tests.postgres_server import Database, postgres_server

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _no_data_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep tests away from the data and the secret key of whoever runs them."""
    os.environ["C360_DATA_DIR"] = str(tmp_path_factory.mktemp("data"))
    os.environ["C360_KEY_FILE"] = str(tmp_path_factory.mktemp("keys") / "key")
    os.environ.pop("DAGSTER_HOME", None)
    os.environ.pop("C360_PROJECT_DIR", None)
    os.environ.pop("C360_TARGET", None)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """An empty data directory that the environment names."""
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path))
    return DataDir(tmp_path)


@pytest.fixture(scope="session")
def manifest(_no_data_of_ones_own: None) -> project.Manifest:
    """The manifest of the dbt project as it stands."""
    return project.manifest()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """A PostgreSQL server; tests drop what they create."""
    with postgres_server() as database:
        yield database
