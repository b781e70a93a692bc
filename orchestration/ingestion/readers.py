"""Which reader a landing file has, told by the end of its name.

Belongs here: choosing the reader. Does not belong here: reading, which the modules of
the formats know.
"""

from __future__ import annotations

from types import ModuleType

import duckdb

from orchestration.ingestion import csv_rows, jsonl_rows, parquet_rows
from orchestration.ingestion.landing import LandingFile
from orchestration.ingestion.sources import SourceTable
from orchestration.ingestion.staged import RefusedFileError, Staged

_EXTENSIONS = {
    "csv": (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz"),
    "jsonl": (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".json.gz"),
    "parquet": (".parquet",),
}
_READERS: dict[str, ModuleType] = {
    "csv": csv_rows,
    "jsonl": jsonl_rows,
    "parquet": parquet_rows,
}


def stage(
    connection: duckdb.DuckDBPyConnection, source: SourceTable, file: LandingFile
) -> Staged:
    """Stage the rows of a file by the reader of its format.

    Raises:
        RefusedFileError: its name does not end as the files of the table do, or the
            file is not what it is declared to be.
    """
    for kind in source.formats:
        if file.location.name.lower().endswith(_EXTENSIONS[kind]):
            return _READERS[kind].stage(connection, source, file)
    endings = [e for kind in source.formats for e in _EXTENSIONS[kind]]
    raise RefusedFileError(
        f"does not end in {' or '.join(endings)}, as the files of {source.name} must"
    )
