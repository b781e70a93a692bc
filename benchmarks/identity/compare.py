"""Measure identity, Splink and GoldenMatch side by side on the labelled tables.

Usage: python -m benchmarks.identity.compare FOLDER [TABLE …]
           [--goldenmatch PYTHON] [--tool TOOL]

FOLDER holds a folder er_<table> per table, with records.parquet and truth.parquet;
those of world_<people>, our sample world, are made anew for each run. Each
tool runs in a process of its own, one after the other. Figures are kept in compare.json
beside this file. Splink comes with the extra `train`; GoldenMatch is installed into an
environment of its own (python -m venv, pip install goldenmatch), whose Python is named
here, and is left out otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.matching.evaluation import measure

HERE = Path(__file__).parent
RESULTS = HERE / "compare.json"
MAPS = {
    "historical_50k": "historical_50k",
    "febrl1": "febrl",
    "febrl2": "febrl",
    "febrl3": "febrl",
    "febrl4": "febrl",
    "rldata10000": "rldata10000",
    "fake_1000": "fake_1000",
    "senzing_truthset": "senzing_truthset",
    "world_10000": "world",
    "world_100000": "world",
}
SHOWN = ("precision", "recall", "f1", "b_cubed_f1")


@dataclass(frozen=True)
class Run:
    """What a tool made of a table, and what it took."""

    shares: dict[str, float]
    seconds: float
    cpu_seconds: float
    peak_mb: int


def commands(table: str, records: Path, clusters: Path, goldenmatch: str | None):
    """Return the command of each tool that makes the clusters of a table."""
    ours = [sys.executable, HERE / "run_ours.py"]
    splink = [sys.executable, HERE / "run_splink.py"]
    found = {
        "customer360": [*ours, records, HERE / f"maps/{MAPS[table]}.yml", clusters],
        "splink": [*splink, records, table, clusters],
    }
    if goldenmatch:
        peer = [goldenmatch, HERE / "run_goldenmatch.py"]
        found["goldenmatch"] = [*peer, records, clusters]
    return found


def run(command: list[object], clusters: Path, truth: Path) -> Run | None:
    """Run a tool and compare its clusters with the truth; None if it failed."""
    clusters.unlink(missing_ok=True)
    started = time.perf_counter()
    child = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if child.returncode or not clusters.exists():
        return None
    return Run(
        shares=_shares(clusters, truth),
        seconds=round(seconds, 1),
        cpu_seconds=round(used.ru_utime + used.ru_stime, 1),
        peak_mb=used.ru_maxrss // 1024,
    )


def _shares(clusters: Path, truth: Path) -> dict[str, float]:
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table judged as
            select
                'table' as source,
                truth.entity_id as person,
                coalesce(cluster, 'alone ' || record_id) as customer
            from read_parquet('{truth}') as truth
            left join read_parquet('{clusters}') using (record_id)
            """
        )
        found = measure(connection, 0)
    return {name: found.shares[name].value for name in SHOWN}


def main(
    folder: Path, tables: list[str], goldenmatch: str | None, only: str | None
) -> None:
    """Measure every tool on every table; print and keep what was found."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        clusters = Path(scratch) / "clusters.parquet"
        for table in tables or list(MAPS):
            place = (folder / f"er_{table}").resolve()
            if MAPS[table] == "world":
                place = Path(scratch) / table
                people = table.removeprefix("world_")
                maker = [sys.executable, "-m", "benchmarks.identity.world"]
                subprocess.run([*maker, place, people], check=True)
            for tool, command in commands(
                table, place / "records.parquet", clusters, goldenmatch
            ).items():
                if only not in (None, tool):
                    continue
                found = run(command, clusters, place / "truth.parquet")
                kept.setdefault(table, {})[tool] = vars(found) if found else None
                print(table, tool, found or "failed", flush=True)
                RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", nargs="*")
    parser.add_argument("--goldenmatch", help="Python that has it")
    parser.add_argument("--tool", help="measure this one alone")
    told = parser.parse_args()
    main(told.folder, told.tables, told.goldenmatch, told.tool)
