"""A Spark for tables of a few rows: planning takes its time, and reading none."""

from pathlib import Path

import pytest

_SETTINGS = """
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.sql.adaptive.enabled false
"""

# Code that runs for a second is not worth the second compiler of Java.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def use_small_spark(environment: pytest.MonkeyPatch, folder: Path) -> None:
    """Have Spark build the models, here or in processes that are started.

    Args:
        environment: that is changed.
        folder: an empty one, for the settings.
    """
    (folder / "spark-defaults.conf").write_text(_SETTINGS)
    environment.setenv("SPARK_CONF_DIR", str(folder))
    environment.setenv("JDK_JAVA_OPTIONS", _JAVA)
    environment.setenv("C360_SPARK_PARTITIONS", "1")
    environment.setenv("C360_TARGET", "spark")
