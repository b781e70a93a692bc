"""The Spark session of this process, with this project's functions in it.

dbt-spark takes the session that is there, so whoever opens it first decides how it is
set. Tables are kept in Spark's own catalog (Hive on Derby) under the lake, which one
process at a time can open.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from typing import TYPE_CHECKING

from orchestration.spark.functions import register_functions
from orchestration.spark.readiness import (
    SparkMissingError,
    master,
    require_spark,
    setting,
)
from orchestration.warehouse import DataDir

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PATIENCE = 120.0
"""Seconds that a cluster has to start an executor, which takes Java some."""


def settings(data: DataDir) -> dict[str, str]:
    """Return what a session of this project is set to.

    What is set on SQL makes Spark mean by it what DuckDB means: times without a zone,
    and null where a cast fails.
    """
    lake = data.lake
    return {
        "spark.master": master(),
        "spark.app.name": "customer360",
        "spark.sql.warehouse.dir": str(lake),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={lake / 'catalog'};create=true"
        ),
        "spark.driver.extraJavaOptions": (
            f"-Dderby.stream.error.file={lake / 'derby.log'} "
            # The catalog can be made anew, so it need not outlive a power cut.
            "-Dderby.system.durability=test"
        ),
        "spark.driver.memory": setting("C360_SPARK_MEMORY"),
        **_addresses(),
        # Executors run the functions of this project with the same Python.
        "spark.pyspark.python": os.environ.get("PYSPARK_PYTHON", sys.executable),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.ansi.enabled": "false",
        "spark.sql.shuffle.partitions": setting("C360_SPARK_PARTITIONS"),
        # A walk along the paths of customers takes as many steps as it needs.
        "spark.sql.cteRecursionLevelLimit": "1000",
        "spark.sql.maxPlanStringLength": "1000",
    }


def _addresses() -> dict[str, str]:
    """Return by which address executors find the driver: nobody else need find it."""
    is_here = not master().startswith("spark://") or "//127.0.0.1:" in master()
    if not is_here:
        return {}  # Spark's own, or what spark-defaults.conf says
    return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def open_session(data: DataDir) -> SparkSession:
    """Return the session of this process; the first call opens it.

    Raises:
        SparkMissingError: Spark cannot be run here, or no worker of the cluster takes
            the run; the message says why.
    """
    if (session := _opened()) is not None:
        return session
    require_spark()
    # Of pandas, which nothing here uses.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession

    data.lake.mkdir(parents=True, exist_ok=True)
    builder = SparkSession.builder.enableHiveSupport()
    for name, value in settings(data).items():
        builder = builder.config(name, value)
    # dbt says what is wrong with a query; this would say it first, in a page of JSON.
    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    try:
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        _wait_for_workers(session)
        register_functions(session)
    except (Py4JError, PySparkException) as error:
        raise SparkMissingError(_sentence(error)) from error
    return session


def _wait_for_workers(session: SparkSession) -> None:
    """Go on once a worker of the cluster is at work; Spark would wait without a word.

    Raises:
        SparkMissingError: none is, after a while.
    """
    if master().startswith("local"):
        return
    tracker = session.sparkContext._jsc.sc().statusTracker()
    until = time.monotonic() + _PATIENCE
    while len(tracker.getExecutorInfos()) < 2:  # the driver is one
        if time.monotonic() > until:
            session.stop()
            raise SparkMissingError(
                f"No worker of {master()} took the run within {_PATIENCE:.0f} seconds. "
                "Start one, or wait until one has free what the run asks of it: a "
                "core, and the memory of spark.executor.memory, by default 1 GB."
            )
        time.sleep(0.2)


def _sentence(error: Exception) -> str:
    """Return what went wrong in Java, without where."""
    said = str(error)
    if "JAVA_GATEWAY_EXITED" in said:
        return "Spark does not start. What Java says of it is above."
    if "stopped SparkContext" in said:
        return f"What answers at {master()} is no master of Spark of this version."
    said = said.split("\n\tat ")[0].split("\nJVM stacktrace")[0]
    return "Spark does not start: " + " ".join(said.rpartition("\n: ")[2].split())


def _opened() -> SparkSession | None:
    """Return the session of this process if it is open already."""
    if "pyspark" not in sys.modules:
        return None
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()
