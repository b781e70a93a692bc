"""Run identity on a labelled table: python run_ours.py RECORDS MAP CLUSTERS."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

from orchestration.matching.person_table import ColumnMap, columns_of, record_key
from orchestration.matching.trial import build_identity


def main(records: Path, map_file: Path, clusters: Path) -> None:
    """Write (record_id, cluster) of every record, by the shipped rules and weights."""
    names = ColumnMap.read(map_file, columns_of(records))
    with tempfile.TemporaryDirectory() as folder:
        warehouse = build_identity(records, names, Path(folder))
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute(
                f"""
                copy (
                    select
                        "{names.record_id}" as record_id,
                        coalesce(customer_id, "{names.record_id}") as cluster
                    from read_parquet('{records}')
                    left join identity.int_identity__assignments_next as assigned
                        on {record_key(names)} = assigned.record_key
                ) to '{clusters}' (format parquet)
                """
            )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
