"""Measure identity on the labelled tables and write the figures beside this file.

Usage: python benchmarks/identity/accuracy.py FOLDER [TABLE …]
FOLDER holds a folder er_<table> per table, with records.parquet and truth.parquet.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from orchestration.matching.evaluation import evaluate

HERE = Path(__file__).parent
MAPS = {
    "historical_50k": "historical_50k",
    "febrl3": "febrl",
    "febrl4": "febrl",
    "rldata10000": "rldata10000",
    "fake_1000": "fake_1000",
}


def main(folder: Path, tables: list[str]) -> None:
    """Evaluate each table and keep what was found in accuracy.json."""
    kept = HERE / "accuracy.json"
    figures = json.loads(kept.read_text()) if kept.exists() else {}
    for table in tables or list(MAPS):
        place = folder / f"er_{table}"
        found = evaluate(
            place / "records.parquet",
            place / "truth.parquet",
            HERE / "maps" / f"{MAPS[table]}.yml",
        )
        figures[table] = asdict(found)
        shares = {name: share.value for name, share in found.shares.items()}
        print(table, shares, f"{found.seconds:.0f} s", flush=True)
    kept.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
