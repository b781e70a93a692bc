"""Load one file with dlt, for `benchmarks.ingestion`, in a process that has dlt.

Usage: python dlt_load.py WAY FILE FOLDER, WAY being one of `WAYS`. Prints the CPU
seconds of the load alone and the rows that came of it, as JSON. dlt is no dependency of
this project: name the Python of an environment that has it in C360_DLT_PYTHON.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import dlt
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet
from dlt.sources.filesystem import filesystem, read_csv, read_jsonl, read_parquet


def _reader(read: Any) -> Any:
    """Return what loads a file as dlt's documentation does."""
    return lambda file: filesystem(str(file.parent), file_glob=file.name) | read()


def _arrow(read: Any) -> Any:
    """Return what hands a file to dlt as one Arrow table, which it need not look at."""
    return lambda file: dlt.resource(lambda: iter([read(file)]), name="people")


WAYS = {
    "csv": _reader(read_csv),
    "jsonl": _reader(read_jsonl),
    "parquet": _reader(read_parquet),
    "csv as Arrow": _arrow(pyarrow.csv.read_csv),
    "jsonl as Arrow": _arrow(pyarrow.json.read_json),
    "parquet as Arrow": _arrow(pyarrow.parquet.read_table),
}


def main(way: str, file: Path, folder: Path) -> None:
    """Load the file into a new DuckDB database; print what it cost."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="raw",
    )
    before = os.times()
    wall = time.perf_counter()
    pipeline.run(WAYS[way](file).with_name("people"))
    wall = time.perf_counter() - wall
    after = os.times()
    with pipeline.sql_client() as client:
        rows = client.execute_sql("select count(*) from people")[0][0]
    # The first four are this process and its children, user and system.
    cpu = sum(after[:4]) - sum(before[:4])
    print(json.dumps({"cpu": cpu, "wall": wall, "rows": rows}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
