"""Measure BG/NBD here, in lifetimes and in pymc-marketing, on the same customers.

Usage: python benchmarks/value/compare.py FOLDER [--lifetimes PYTHON] [--pymc PYTHON]

FOLDER holds the CDNOW sample as summary_cal39_lifetimes.parquet. Each tool is fitted to
its 2,357 customers and then scores 100,000 (these, repeated), in a process of its own.
The other tools are installed into environments of their own (python -m venv, pip
install lifetimes or pymc-marketing), whose Python is named here, or are left out.
Figures are kept in compare.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
SCORED = 100_000


def main() -> None:
    """Run each tool that there is, and keep what it says of itself."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--lifetimes")
    arguments.add_argument("--pymc")
    given = arguments.parse_args()
    tools = {
        "customer360": (sys.executable, "run_ours.py"),
        "lifetimes": (given.lifetimes, "run_lifetimes.py"),
        "pymc-marketing": (given.pymc, "run_pymc_marketing.py"),
    }
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        customers, many = Path(folder, "customers.csv"), Path(folder, "many.csv")
        duckdb.sql(
            f"""
            select id as customer_id, frequency, recency, "T" as age
            from '{given.folder}/summary_cal39_lifetimes.parquet'
            order by id
            """
        ).write_csv(str(customers))
        duckdb.sql(
            f"""
            select row_number() over () as customer_id, frequency, recency, age
            from '{customers}' cross join range(43)
            limit {SCORED}
            """
        ).write_csv(str(many))
        for tool, (python, script) in tools.items():
            if python:
                done = subprocess.run(
                    [python, str(HERE / script), str(customers), str(many)],
                    env={**os.environ, "OMP_NUM_THREADS": "1"},
                    stdout=subprocess.PIPE,
                    check=True,
                    text=True,
                )
                figures[tool] = json.loads(done.stdout.splitlines()[-1])
                print(tool, figures[tool])
    (HERE / "compare.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
