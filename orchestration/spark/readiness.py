"""Whether this machine can run Spark: packages, Java, what is set, the cluster if any.

Belongs here: looking, and saying what to do. Does not belong here: opening a session,
which asks here first, so that a run says in a sentence what else were a traceback.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

JAVA_WANTED = 17

# What each setting is unless it is set, what it has to look like, and as one says it.
_SETTINGS = {
    "C360_SPARK_MASTER": (
        "local[2]",
        r"local(\[(\*|[1-9]\d*)\])?|spark://[^:,]+:\d+(,[^:,]+:\d+)*|yarn|k8s://.+",
        "local[4], or spark://host:7077 for a cluster",
    ),
    "C360_SPARK_MEMORY": ("2g", r"[1-9]\d*[mgMG]", "512m or 8g"),
    "C360_SPARK_PARTITIONS": ("2", r"[1-9]\d*", "8"),
}

_PATIENCE = 3.0
"""Seconds that a master has to answer; one that is there does so in thousandths."""


class SparkMissingError(RuntimeError):
    """Spark cannot be run here; the message says what is missing and how to get it."""


def setting(name: str) -> str:
    """Return what a variable of the environment sets for Spark, or its default."""
    default, _, _ = _SETTINGS[name]
    return os.environ.get(name, default)


def master() -> str:
    """Return where Spark runs (`C360_SPARK_MASTER`), by default on two cores here."""
    return setting("C360_SPARK_MASTER")


def what_is_there() -> Iterator[tuple[str, str | None]]:
    """Yield each thing that Spark needs, and how to mend it, or None if it is there."""
    for package in ("pyspark", "dbt-spark"):
        try:
            found = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            yield (
                f"{package} is not installed",
                "Spark is not installed. Run: make spark",
            )
            continue
        yield f"{package} {found}", None
    yield _java()
    for name, (_, shape, example) in _SETTINGS.items():
        if not re.fullmatch(shape, found := setting(name)):
            yield (
                f"{name} is {found!r}",
                f"{name} is {found!r}, which Spark does not take. Set it to {example}.",
            )
    if (address := _address(master())) is not None:
        yield _cluster(*address)


def require_spark() -> None:
    """Go on if Spark can be run here.

    Raises:
        SparkMissingError: the first thing that is missing.
    """
    for _, mend in what_is_there():
        if mend:
            raise SparkMissingError(mend)


def _java() -> tuple[str, str | None]:
    home = os.environ.get("JAVA_HOME")
    mend = f"Install Java {JAVA_WANTED} or newer, and name its folder in JAVA_HOME."
    command = str(Path(home) / "bin" / "java") if home else "java"
    if shutil.which(command) is None:
        where = (
            f"in JAVA_HOME, {home}" if home else "on the PATH, and JAVA_HOME not set"
        )
        return "No Java", f"Spark needs Java, and there is none {where}. {mend}"
    said = subprocess.run([command, "-version"], capture_output=True, check=False)
    version = re.search(r'version "(?:1\.)?(\d+)', (said.stderr + said.stdout).decode())
    if version is None:
        return "A Java that does not start", f"{command} -version says nothing. {mend}"
    number = int(version.group(1))
    if number < JAVA_WANTED:
        return f"Java {number}", f"Spark needs Java {JAVA_WANTED}, not {number}. {mend}"
    return f"Java {number}", None


def _address(url: str) -> tuple[str, int] | None:
    """Return host and port of a standalone cluster; None for any other master."""
    found = re.fullmatch(r"spark://([^:,]+):(\d+)", url)
    return (found.group(1), int(found.group(2))) if found else None


def _cluster(host: str, port: int) -> tuple[str, str | None]:
    url = f"spark://{host}:{port}"
    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError:
        return f"No cluster at {url}", (
            f"No master of Spark answers at {url}. Start it, or set C360_SPARK_MASTER "
            "to one that runs."
        )
    return f"Cluster at {url}", None
