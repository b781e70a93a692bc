"""What the line pass, the ledger and the row equation cost on top of bare DuckDB.

The same rows as CSV, JSON lines and Parquet are loaded into a new database file by
DuckDB's own readers as text, by the loader of this project, and by dlt if
C360_DLT_PYTHON names a Python that has it. `python -m benchmarks.ingestion` prints CPU
seconds, the median of `REPEATS` runs, as ratios to ours.

Measured on two cores that others kept busy, 200,000 rows, DuckDB 1.5.6, dlt 1.31 (n = 1
with dlt, so take them as sizes). As times of ours: DuckDB's reader takes 0.6 to 0.9 for
CSV, 0.5 to 0.7 with every field quoted, 0.5 for JSON lines, 0.6 for Parquet; dlt's own
readers take 20, 19, 6.5 and 20. Handed an Arrow table, at whose rows dlt does not look,
it takes 0.7, 0.6, 0.4 and 0.9: less than ours, which finds the line of every row.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir, connect

ROWS = int(os.environ.get("C360_BENCH_ROWS", "1000000"))
REPEATS = int(os.environ.get("C360_BENCH_REPEATS", "3"))
DLT = os.environ.get("C360_DLT_PYTHON")
COLUMNS = (
    *("id", "first_name", "last_name", "email", "phone"),
    *("street", "city", "joined_on", "amount", "note"),
)
SOURCE = SourceTable(
    system="bench",
    table="people",
    format="csv",
    mode="append",
    key=("id",),
    columns=dict.fromkeys(COLUMNS, "varchar"),
)
_PEOPLE = f"""
    select
        i as id,
        'First' || (i % 1000) as first_name,
        'Last' || (i % 777) as last_name,
        'user' || i || '@example.com' as email,
        '0' || (600000000 + i) as phone,
        'Street ' || (i % 500) || ' no ' || (i % 90) as street,
        'City' || (i % 300) as city,
        date '2020-01-01' + (i % 1000)::integer as joined_on,
        round(i / 7, 2) as amount,
        'note ' || md5(i::varchar) as note
    from range({ROWS}) as numbers (i)
"""
_TEXTS = "{" + ", ".join(f"{name}: 'varchar'" for name in COLUMNS) + "}"

# A name, how DuckDB writes the file, and how it reads it again.
FILES = {
    "csv": ("format csv, header", "read_csv(?, all_varchar = true)"),
    "csv, all quoted": (
        "format csv, header, force_quote *",
        "read_csv(?, all_varchar = true)",
    ),
    "jsonl": ("format json", f"read_json(?, columns = {_TEXTS})"),
    "parquet": ("format parquet", "read_parquet(?)"),
}


def load_bare(file: Path, folder: Path, read: str) -> float:
    """Load with DuckDB alone: no lineage, no ledger, no quarantine."""
    names = ", ".join(f"cast({name} as varchar) as {name}" for name in COLUMNS)
    with duckdb.connect(str(folder / "bare.duckdb")) as connection:
        started = time.process_time()
        connection.execute(
            f"create table people as select {names} from {read}", [str(file)]
        )
        connection.execute("checkpoint")
        return time.process_time() - started


def load_ours(file: Path, folder: Path) -> float:
    """Load with the loader of this project."""
    data = DataDir(folder)
    (data.landing / "bench").mkdir(parents=True)
    (data.landing / SOURCE.landing_folder).symlink_to(file.parent)
    source = replace(SOURCE, format=file.suffix.removeprefix("."))
    with connect(data.warehouse) as connection:
        started = time.process_time()
        result = load_table(connection, source, data, datetime(2026, 7, 1))
        connection.execute("checkpoint")
        seconds = time.process_time() - started
    assert result.rows_loaded == ROWS, result
    return seconds


def load_dlt(way: str, file: Path, folder: Path) -> float:
    """Load with dlt, in its own process."""
    assert DLT
    script = Path(__file__).with_name("dlt_load.py")
    done = subprocess.run(
        [DLT, str(script), way, str(file), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["rows"] == ROWS, said
    return said["cpu"]


def median_cpu(load: Callable[[Path], float]) -> float:
    """Return the median CPU seconds of loading into an empty folder."""
    seconds = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            seconds.append(load(Path(folder)))
    return statistics.median(seconds)


def main() -> None:
    """Print CPU seconds of ours, and how many times as much the others take."""
    for name, (options, read) in FILES.items():
        extension = name.partition(",")[0]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"2026-06-30.{extension}"
            duckdb.sql(f"copy ({_PEOPLE}) to '{file}' ({options})")
            size = file.stat().st_size / 1e6
            ours = median_cpu(lambda to, file=file: load_ours(file, to))
            others = {
                "DuckDB": median_cpu(
                    lambda to, file=file, read=read: load_bare(file, to, read)
                )
            }
            for way in (extension, f"{extension} as Arrow") if DLT else ():
                others[f"dlt, {way}"] = median_cpu(
                    lambda to, file=file, way=way: load_dlt(way, file, to)
                )
        ratios = "; ".join(f"{n} {cpu / ours:.2f} times" for n, cpu in others.items())
        print(f"{name} ({size:.0f} MB): ours {ours:.1f} s CPU; {ratios}", flush=True)


if __name__ == "__main__":
    main()
