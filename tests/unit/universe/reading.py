"""Reading landing files the plain way: line by line, damaged lines set aside."""

import csv
import functools
import gzip
import json
from pathlib import Path

import duckdb


def read_rows(path: Path) -> tuple[list[dict], list[bytes]]:
    """Return the good rows of a landing file, and the lines that are none."""
    if path.suffix == ".parquet":
        found = duckdb.sql(f"select * from read_parquet('{path}')")
        names = found.columns
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()], []
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    lines = content.splitlines()
    if path.suffix == ".csv":
        header = next(csv.reader([lines[0].decode()]))
        return _sort(lines[1:], lambda line: _csv_row(header, line))
    return _sort(lines, _json_row)


@functools.cache
def table_rows(root: Path, table: str, dropped_on: str = "") -> list[dict]:
    """Return the good rows of all files of `<system>/<table>`."""
    return [
        row
        for path in sorted((root / "landing" / table).glob(f"{dropped_on}*"))
        for row in read_rows(path)[0]
    ]


def _sort(lines, parse) -> tuple[list[dict], list[bytes]]:
    good, bad = [], []
    for line in lines:
        try:
            good.append(parse(line))
        except (ValueError, csv.Error):
            bad.append(line)
    return good, bad


def _csv_row(header: list[str], line: bytes) -> dict:
    values = next(csv.reader([line.decode()], strict=True))
    return dict(zip(header, values, strict=True))


def _json_row(line: bytes) -> dict:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("not an object")
    return row
