"""Run GoldenMatch with no configuration: python run_goldenmatch.py RECORDS CLUSTERS.

It runs in an environment of its own, which has nothing of ours.
"""

from __future__ import annotations

import sys
from pathlib import Path

import goldenmatch
import pyarrow as pa
import pyarrow.parquet as pq

NOT_PEOPLE = ["record_id", "source", "soc_sec_id"]
"""What no tool is shown: keys, and the one column that would tell everything."""


def main(records: Path, clusters: Path) -> None:
    """Write (record_id, cluster) of every record."""
    people = pq.read_table(records)
    hidden = [name for name in NOT_PEOPLE if name in people.column_names]
    shown = people.drop_columns(hidden)
    found = goldenmatch.dedupe_df(shown, confidence_required=False).clusters
    cluster_of = {
        member: f"cluster {number}"
        for number, cluster in found.items()
        for member in cluster["members"]
    }
    keys = people["record_id"].to_pylist()
    told = {
        "record_id": keys,
        "cluster": [cluster_of.get(row, key) for row, key in enumerate(keys)],
    }
    pq.write_table(pa.table(told), clusters)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
