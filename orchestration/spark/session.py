"""The Spark session of this process, with this project's functions in it.

dbt-spark takes the session that is there, so whoever opens it first decides how it is
set. Tables are kept in Spark's own catalog (Hive on Derby) under the lake, which one
process at a time can open.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import TYPE_CHECKING

from orchestration.spark.functions import register_functions
from orchestration.spark.readiness import master, require_spark
from orchestration.warehouse import DataDir

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def settings(data: DataDir) -> dict[str, str]:
    """Return what a session of this project is set to.

    What is set on SQL makes Spark mean by it what DuckDB means: times without a zone,
    and null where a cast fails.
    """
    lake = data.root / "lake"
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
        "spark.driver.memory": os.environ.get("C360_SPARK_MEMORY", "2g"),
        **_addresses(),
        # Executors run the functions of this project with the same Python.
        "spark.pyspark.python": os.environ.get("PYSPARK_PYTHON", sys.executable),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.ansi.enabled": "false",
        "spark.sql.shuffle.partitions": os.environ.get("C360_SPARK_PARTITIONS", "2"),
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
        SparkMissingError: Spark cannot be run here; the message says what is missing.
    """
    if (session := _opened()) is not None:
        return session
    require_spark()
    # Of pandas, which nothing here uses.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession

    (data.root / "lake").mkdir(parents=True, exist_ok=True)
    builder = SparkSession.builder.enableHiveSupport()
    for name, value in settings(data).items():
        builder = builder.config(name, value)
    # dbt says what is wrong with a query; this would say it first, in a page of JSON.
    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    register_functions(session)
    return session


def _opened() -> SparkSession | None:
    """Return the session of this process if it is open already."""
    if "pyspark" not in sys.modules:
        return None
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()
