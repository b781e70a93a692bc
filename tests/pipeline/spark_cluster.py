"""A standalone cluster of Spark on loopback, from the daemons of pyspark's wheel."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.warehouse import PROJECT_ROOT

_DEPLOY = "org.apache.spark.deploy"
_PATIENCE = 120.0
"""Seconds in which a busy machine starts three Javas."""


@dataclass(frozen=True)
class Cluster:
    """A master and its workers.

    Attributes:
        url: where a session finds the master.
        page: where the master tells of workers and applications.
    """

    url: str
    page: str

    def has_workers(self, count: int) -> bool:
        """Tell whether the master answers, and knows of as many workers."""
        try:
            return self.state()["aliveworkers"] >= count
        except OSError:
            return False

    def state(self) -> dict[str, Any]:
        """Return what the master tells."""
        with urllib.request.urlopen(f"{self.page}/json/", timeout=5) as answer:
            return json.load(answer)


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a master and workers of a core each; end them, and only them, afterwards.

    Args:
        folder: for what they log and write.
        workers: how many.
    """
    port, page_port = _free_ports(2)
    found = Cluster(f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{page_port}")
    started = [
        _daemon(
            folder / "master",
            f"{_DEPLOY}.master.Master",
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--webui-port", str(page_port)),
        )
    ]
    try:
        # Workers ask again by themselves until the master is there.
        started += [
            _daemon(
                folder / f"worker-{number}",
                f"{_DEPLOY}.worker.Worker",
                *("--host", "127.0.0.1", "--webui-port", "0"),
                *("--cores", "1", "--memory", "1g"),
                *("--work-dir", str(folder / f"worker-{number}"), found.url),
            )
            for number in range(workers)
        ]
        _wait_for(found, workers)
        yield found
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=60)


def _daemon(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    import pyspark

    folder.mkdir(parents=True)
    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(program), *command],
            # Executors are children of workers, and import this project.
            env={
                **os.environ,
                "PYTHONPATH": str(PROJECT_ROOT),
                "SPARK_LOCAL_IP": "127.0.0.1",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _wait_for(found: Cluster, workers: int) -> None:
    until = time.monotonic() + _PATIENCE
    while not found.has_workers(workers):
        assert time.monotonic() < until, f"{found.url} has no {workers} workers yet."
        time.sleep(0.5)


def _free_ports(count: int) -> list[int]:
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return ports
