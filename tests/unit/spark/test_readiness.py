"""What Spark needs of a machine is looked for, and named if it is missing."""

import importlib.metadata
import socket
import stat

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.commands import doctor
from orchestration.spark import readiness
from orchestration.spark.readiness import (
    SparkMissingError,
    require_spark,
    what_is_there,
)
from orchestration.warehouse import PROJECT_ROOT

VERSION = importlib.metadata.version


@pytest.fixture(autouse=True)
def spark(tmp_path, monkeypatch):
    """Packages of Spark and a Java of 17, on no cluster."""
    monkeypatch.setattr(readiness.importlib.metadata, "version", lambda _: "1.0")
    for setting in ("MASTER", "MEMORY", "PARTITIONS"):
        monkeypatch.delenv(f"C360_SPARK_{setting}", raising=False)
    has_java(tmp_path, monkeypatch, 'openjdk version "17.0.21" 2026-11-17')


def has_java(home, monkeypatch, says: str) -> None:
    java = home / "bin" / "java"
    java.parent.mkdir(exist_ok=True)
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(java.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("JAVA_HOME", str(home))


def mended() -> dict[str, str]:
    return {what: mend for what, mend in what_is_there() if mend}


def test_nothing_is_missing_where_all_is_there():
    require_spark()

    assert mended() == {}


def test_commands_say_in_a_sentence_that_spark_is_not_installed(
    data, tmp_path, monkeypatch
):
    def version(package: str) -> str:
        if package in ("pyspark", "dbt-spark"):
            raise importlib.metadata.PackageNotFoundError(package)
        return VERSION(package)

    monkeypatch.setattr(readiness.importlib.metadata, "version", version)
    monkeypatch.setenv("C360_TARGET", "spark")
    # A project that was never parsed for Spark.
    monkeypatch.setenv("C360_PROJECT_DIR", str(tmp_path / "project"))
    (data.landing / "shop" / "orders").mkdir(parents=True)
    (data.landing / "shop" / "orders" / "1.csv").touch()

    done = CliRunner().invoke(app, ["run"], env={"COLUMNS": "500"})

    assert done.exit_code == 1
    assert done.output == "✗ Spark is not installed. Run: make spark\n"


def test_a_missing_java_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))

    assert list(mended()) == ["No Java"]
    with pytest.raises(SparkMissingError, match=r"needs Java.*Install Java 17"):
        require_spark()


def test_a_java_nowhere_is_told(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))

    assert "JAVA_HOME not set" in mended()["No Java"]


@pytest.mark.parametrize(
    ("says", "what"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "Java 11"),
        ('java version "1.8.0_292"', "Java 8"),
        ("no such thing", "A Java that does not start"),
    ],
)
def test_a_java_that_is_too_old_is_told(tmp_path, monkeypatch, says, what):
    has_java(tmp_path, monkeypatch, says)

    assert list(mended()) == [what]


def test_a_newer_java_is_right(tmp_path, monkeypatch):
    has_java(tmp_path, monkeypatch, 'openjdk version "21" 2023-09-19')

    assert mended() == {}


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("MASTER", "spark://cluster", r"local\[4\], or spark://host:7077"),
        ("MASTER", "local[0]", r"local\[4\]"),
        ("MEMORY", "4", "512m or 8g"),
        ("PARTITIONS", "0", "8"),
    ],
)
def test_what_spark_does_not_take_is_told(monkeypatch, name, value, instead):
    monkeypatch.setenv(f"C360_SPARK_{name}", value)

    with pytest.raises(SparkMissingError, match=f"{name} is '.*Set it to {instead}"):
        require_spark()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MASTER", "local"),
        ("MASTER", "local[*]"),
        ("MASTER", "k8s://https://cluster:6443"),
        ("MEMORY", "512m"),
        ("PARTITIONS", "200"),
    ],
)
def test_what_spark_takes_is_right(monkeypatch, name, value):
    monkeypatch.setenv(f"C360_SPARK_{name}", value)

    assert require_spark() is None


def test_a_cluster_is_asked(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"spark://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("C360_SPARK_MASTER", url)
        assert mended() == {}

    assert list(mended()) == [f"No cluster at {url}"]


def test_the_doctor_looks_where_spark_builds_the_models_alone(
    data, tmp_path, monkeypatch
):
    monkeypatch.setattr(doctor, "_dbt_project", lambda data: [])
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))

    monkeypatch.setenv("C360_TARGET", "prod")
    assert "No Java" not in {found.what for found in doctor.examine(data, PROJECT_ROOT)}
    monkeypatch.setenv("C360_TARGET", "spark")
    (found,) = (f for f in doctor.examine(data, PROJECT_ROOT) if f.what == "No Java")
    assert not found.ok
