"""Raw files into a table: every row accounted for and its line known."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.contest import OURS, Contest, Way
from orchestration.ingestion.loader import load_table
from orchestration.ingestion.sources import SourceTable
from orchestration.warehouse import DataDir, connect

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
_PEOPLE = """
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
    from range({size}) as numbers (i)
"""
_TEXTS = "{" + ", ".join(f"{name}: 'varchar'" for name in COLUMNS) + "}"

# Extension, how DuckDB writes the file, and how it reads it again.
_FORMATS = {
    "csv": ("format csv, header", "read_csv(?, all_varchar = true)"),
    "jsonl": ("format json", f"read_json(?, columns = {_TEXTS})"),
    "parquet": ("format parquet", "read_parquet(?)"),
}
_DLT = os.environ.get("C360_DLT_PYTHON")
_NO_DLT = None if _DLT else "dlt; name a Python that has it in C360_DLT_PYTHON"


def _prepare(extension: str, size: int, inputs: Path) -> None:
    options, _ = _FORMATS[extension]
    file = inputs / f"2026-06-30.{extension}"
    duckdb.sql(f"copy ({_PEOPLE.format(size=size)}) to '{file}' ({options})")


def _ours(extension: str, inputs: Path, scratch: Path) -> Callable[[], str]:
    data = DataDir(scratch)
    (data.landing / "bench").mkdir(parents=True)
    (data.landing / SOURCE.landing_folder).symlink_to(inputs)
    source = replace(SOURCE, format=extension)
    with connect(data.warehouse):
        pass  # which makes the file, with the tables of the ledger

    def work() -> str:
        with connect(data.warehouse) as connection:
            result = load_table(connection, source, data, datetime(2026, 7, 1))
            connection.execute("checkpoint")
        return str(result.rows_loaded)

    return work


def _bare(extension: str, inputs: Path, scratch: Path) -> Callable[[], str]:
    names = ", ".join(f"cast({name} as varchar) as {name}" for name in COLUMNS)
    _, read = _FORMATS[extension]
    file = str(inputs / f"2026-06-30.{extension}")

    def work() -> str:
        with duckdb.connect(str(scratch / "bare.duckdb")) as connection:
            connection.execute(
                f"create table people as select {names} from {read}", [file]
            )
            connection.execute("checkpoint")
            [rows] = connection.execute("select count(*) from people").fetchone() or [0]
        return str(rows)

    return work


def _dlt(way: str, inputs: Path, scratch: Path) -> Callable[[], str]:
    script = Path(__file__).with_name("dlt_load.py")
    extension = way.partition(" ")[0]
    file = inputs / f"2026-06-30.{extension}"

    def work() -> str:
        done = subprocess.run(
            [str(_DLT), str(script), way, str(file), str(scratch)],
            capture_output=True,
            text=True,
            check=True,
        )
        return str(json.loads(done.stdout.splitlines()[-1])["rows"])

    return work


def _contest(extension: str, format_name: str) -> Contest:
    return Contest(
        title=f"Load a file of people ({format_name}, ten columns)",
        unit="rows",
        prepare=partial(_prepare, extension),
        ways={
            OURS: Way(partial(_ours, extension)),
            "DuckDB's reader alone": Way(partial(_bare, extension)),
            "dlt": Way(partial(_dlt, extension), largest=100_000, missing=_NO_DLT),
            "dlt, of an Arrow table": Way(
                partial(_dlt, f"{extension} as Arrow"), missing=_NO_DLT
            ),
        },
        note=(
            "Ours knows the line of every row, sets bad rows aside with a reason and "
            "writes the file into a ledger. DuckDB's reader is the floor: it does none "
            "of this and stops at a bad row. dlt's time holds its start, over a second."
        ),
    )


CONTESTS = {
    "loading_csv": _contest("csv", "CSV"),
    "loading_jsonl": _contest("jsonl", "JSON lines"),
    "loading_parquet": _contest("parquet", "Parquet"),
}
