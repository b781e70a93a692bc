"""Whole runs of which Spark builds the models: they end in the releases of DuckDB.

A run takes Spark minutes, so the tests live through the days of one world in turn.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.universe import write_universe
from orchestration.warehouse import DataDir
from tests.pipeline.comparison import Difference, compare
from tests.pipeline.processes import (
    OF_THE_RUN,
    assert_no_row_lost,
    assert_whole,
    c360,
    query,
    released,
    succeed,
)
from tests.pipeline.small_spark import use_small_spark
from tests.pipeline.spark_cluster import cluster

pytestmark = [pytest.mark.slow, pytest.mark.spark, pytest.mark.timeout(7200)]

CUSTOMERS = 100

# Seconds that a run may take on a machine on which much else runs.
PATIENCE = 6000

# A version of a model says which builds of its tables it was learnt from.
WITHOUT = OF_THE_RUN | {"model_version"}

OF_RUNS = {"_published", "data_quality", "freshness", "identity_quality"}
"""Tables about the runs themselves, which no two runs leave the same."""


@dataclass(frozen=True)
class Both:
    """The same files, in a warehouse of DuckDB's own and in one that Spark fills."""

    own: DataDir
    spark: DataDir
    conf: Path

    @contextmanager
    def on_spark(self, **settings: str) -> Iterator[None]:
        """Let commands that are started have Spark build the models."""
        with pytest.MonkeyPatch.context() as environment:
            use_small_spark(environment, self.conf)
            for name, value in settings.items():
                environment.setenv(name, value)
            yield

    def versions(self) -> list[tuple]:
        """Return which version of each table was built last, where Spark builds."""
        return query(
            self.spark.warehouse,
            "select table_schema, table_name, version from ops.table_builds "
            "order by all",
        )

    def different(self) -> dict[str, Difference]:
        """Return the published tables that are not the same, but those about runs."""
        with duckdb.connect() as connection:
            connection.execute(f"attach '{released(self.own)}' as own (read_only)")
            connection.execute(f"attach '{released(self.spark)}' as spark (read_only)")
            names = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() "
                "where database_name = 'own' order by all"
            ).fetchall()
            assert len(names) > 50
            found = {
                name: compare(
                    connection, f"own.{name}", f"spark.{name}", without=WITHOUT
                )
                for (name,) in names
                if name.partition(".")[2] not in OF_RUNS
            }
        return {name: difference for name, difference in found.items() if difference}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """A world after its first run on either."""
    root = tmp_path_factory.mktemp("worlds")
    both = Both(DataDir(root / "own"), DataDir(root / "spark"), root / "conf")
    both.conf.mkdir()
    write_universe(both.own.root, customers=CUSTOMERS, days=60, seed=360)
    shutil.copytree(both.own.root, both.spark.root)
    succeed(both.own, "run")
    with both.on_spark(C360_PARQUET_COPY="1"):
        succeed(both.spark, "run", timeout=PATIENCE)
    return both


def test_a_whole_run_publishes_what_duckdb_publishes(both):
    assert_whole(both.spark)
    assert_no_row_lost(both.spark)
    assert both.different() == {}


def test_a_release_of_spark_has_parquet_beside_it(both):
    folder = released(both.spark).parent / "parquet"
    in_files = {
        f"{path.parent.name}.{path.stem}": len(pq.read_table(path))
        for path in folder.glob("*/*.parquet")
    }
    manifest = json.loads((folder.parent / "manifest.json").read_text())
    assert in_files == {name: t["rows"] for name, t in manifest["tables"].items()}


def test_a_run_without_new_files_builds_nothing(both):
    before = both.versions()
    with both.on_spark():
        succeed(both.spark, "run", timeout=PATIENCE)

    assert both.versions() == before
    assert_whole(both.spark)


def test_status_and_doctor_tell_how_things_stand(both):
    with both.on_spark():
        status, doctor = c360(both.spark, "status"), c360(both.spark, "doctor")
    with both.on_spark(JAVA_HOME=str(both.conf / "none")):
        without_java = c360(both.spark, "doctor")

    assert status.returncode == 0
    assert "No gate is closed" in status.stdout
    assert doctor.returncode == 0, doctor.stdout
    assert "Java 17" in doctor.stdout
    assert without_java.returncode == 1
    assert "Install Java 17" in without_java.stdout


def test_the_files_of_a_day_make_the_same_release_on_a_cluster(both, tmp_path):
    for data in (both.own, both.spark):
        write_universe(data.root, customers=CUSTOMERS, days=60, seed=360, day=1)
    succeed(both.own, "run")
    before = both.versions()
    with (
        both.on_spark(),
        cluster(tmp_path) as started,
        both.on_spark(C360_SPARK_MASTER=started.url),
    ):
        succeed(both.spark, "run", timeout=PATIENCE)

    at_work = {folder.parent.name for folder in tmp_path.glob("worker-*/app-*")}
    assert at_work == {"worker-0", "worker-1"}
    assert both.versions() != before
    assert_no_row_lost(both.spark)
    assert both.different() == {}


def test_a_cluster_that_is_not_there_is_told_in_a_sentence(both):
    with both.on_spark(C360_SPARK_MASTER="spark://127.0.0.1:1"):
        write_universe(both.spark.root, customers=CUSTOMERS, days=60, seed=360, day=2)
        done = c360(both.spark, "run")

    assert done.returncode == 1
    assert "No master of Spark answers at spark://127.0.0.1:1" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
