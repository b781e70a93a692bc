"""What the line pass, the ledger and the row equation cost on top of bare DuckDB.

Both load the same CSV of a million rows as text into a new database file. Run it with
`python -m benchmarks.ingestion`; it prints medians of `REPEATS` runs.

Measured on two busy cores (DuckDB 1.5.6, n = 1): 1.7 times the CPU of bare DuckDB
without quotes (10.5 s against 6.4 s, 140 MB), 1.3 times with every field quoted.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir, connect

ROWS = 1_000_000
REPEATS = 3
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


def write_csv(path: Path, quoted: bool) -> None:
    """Write a million rows, with quotes around every field if `quoted`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(
        f"""
        copy (
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
        ) to '{path}' (header{", force_quote *" if quoted else ""})
        """
    )


def load_bare(file: Path, folder: Path) -> None:
    """Load with DuckDB alone: no lineage, no ledger, no quarantine."""
    with duckdb.connect(str(folder / "bare.duckdb")) as connection:
        connection.execute(
            "create table people as select * from read_csv(?, all_varchar = true)",
            [str(file)],
        )


def load_ours(file: Path, folder: Path) -> None:
    """Load with the loader of this project."""
    data = DataDir(folder)
    (data.landing / "bench").mkdir(parents=True)
    (data.landing / SOURCE.landing_folder).symlink_to(file.parent)
    with connect(data.warehouse) as connection:
        result = load_table(connection, SOURCE, data, datetime(2026, 7, 1))
    assert result.rows_loaded == ROWS, result


def median_seconds(
    load: Callable[[Path, Path], None], file: Path
) -> tuple[float, float]:
    """Return the median wall and CPU seconds of loading a file."""
    walls, cpus = [], []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            wall, cpu = time.perf_counter(), time.process_time()
            load(file, Path(folder))
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def main() -> None:
    """Print wall and CPU seconds of both, and how they relate."""
    for quoted in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "2026-06-30.csv"
            write_csv(file, quoted)
            size = file.stat().st_size / 1e6
            bare_wall, bare_cpu = median_seconds(load_bare, file)
            our_wall, our_cpu = median_seconds(load_ours, file)
        print(
            f"{'every field quoted' if quoted else 'no quotes':>18}, {size:.0f} MB: "
            f"bare {bare_wall:.1f} s wall, {bare_cpu:.1f} s CPU; "
            f"ours {our_wall:.1f} s wall, {our_cpu:.1f} s CPU; "
            f"ratio {our_wall / bare_wall:.1f} wall, {our_cpu / bare_cpu:.1f} CPU"
        )


if __name__ == "__main__":
    main()
