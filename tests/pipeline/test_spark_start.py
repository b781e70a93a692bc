"""Where Spark cannot begin, one is told so in a sentence, and waits no longer."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.warehouse import PROJECT_ROOT
from tests.pipeline.small_spark import use_small_spark
from tests.pipeline.spark_cluster import cluster

pytestmark = [pytest.mark.slow, pytest.mark.spark, pytest.mark.timeout(900)]

OPENS = """
from orchestration.spark import session
from orchestration.warehouse import DataDir

session._PATIENCE = 3.0
try:
    session.open_session(DataDir.from_env())
except session.SparkMissingError as error:
    print(error)
"""


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return what a process of its own says that opens a session on a master."""
    conf = tmp_path / "conf"
    conf.mkdir()
    use_small_spark(monkeypatch, conf)
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT_ROOT))

    def says(master: str, setting: str = "") -> str:
        with (conf / "spark-defaults.conf").open("a") as settings:
            settings.write(setting)
        return subprocess.run(
            [sys.executable, "-c", OPENS],
            env={**os.environ, "C360_SPARK_MASTER": master},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.strip()

    return says


def test_a_cluster_without_workers_is_told(opened, tmp_path):
    with cluster(tmp_path / "cluster", workers=0) as started:
        said = opened(started.url)

    assert said.startswith(f"No worker of {started.url} took the run within 3 seconds.")


def test_a_port_that_another_program_took_is_told(opened):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"spark://127.0.0.1:{server.getsockname()[1]}"
        said = opened(url)

    assert said == f"What answers at {url} is no master of Spark of this version."


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("spark.executor.memory 0", "Spark does not start. What Java says of it is"),
        ("spark.scheduler.mode SOMETIMES", "Spark does not start: .*SOMETIMES"),
    ],
)
def test_a_setting_that_spark_does_not_take_is_told(opened, setting, expected):
    said = opened("local[1]", setting)

    assert re.match(expected, said)
    assert "\n" not in said
