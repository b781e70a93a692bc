"""The sample world as a table of people: python -m benchmarks.identity.world FOLDER N.

Belongs here: one row for each record of a person, as the feeds state it, and whose it
is. Does not belong here: what anybody makes of it (compare.py).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.increments import take_in
from orchestration.dbt.layer import build_layer
from orchestration.matching.person_table import PROFILE_COLUMNS
from orchestration.project import layer_nodes, manifest
from orchestration.universe import write_universe
from orchestration.warehouse import DataDir, connect

_RECORDS = """
create table records as
select
    profiles.record_key as record_id,
    profiles.source_system as source,
    truth.person_id as entity_id,
    {columns}
from core.profiles as profiles
inner join read_parquet('{truth}/person_records.parquet') as truth
    on profiles.record_key = truth.record_key
qualify row_number() over (
    partition by profiles.record_key
    order by profiles.updated_at desc nulls last, profiles.source_row desc nulls last
) = 1
order by record_id
"""


def write_table(folder: Path, customers: int) -> None:
    """Write records.parquet and truth.parquet of a sample world of so many people.

    A record is as its system stated it last: names, birth date, addresses, numbers.
    What else links records (user ids, devices, loyalty cards) is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="world-") as scratch:
        os.environ |= {"C360_TARGET": "dev", "C360_DATA_DIR": scratch}
        data = DataDir(Path(scratch))
        write_universe(data.root, customers=customers)
        take_in()
        for layer in ("seeds", "staging", "identity"):
            _build(layer, data.dev_warehouse)
        with connect(data.dev_warehouse) as connection:
            columns = ", ".join(f"profiles.{name}" for name in PROFILE_COLUMNS)
            connection.execute(_RECORDS.format(columns=columns, truth=data.truth))
            connection.execute(
                f"copy (select * exclude entity_id from records) "
                f"to '{folder}/records.parquet'"
            )
            connection.execute(
                f"copy (select record_id, entity_id from records) "
                f"to '{folder}/truth.parquet'"
            )


def _build(layer: str, warehouse: Path) -> None:
    """Build a layer; of identity, where core feeds belong, that of profiles alone."""
    nodes = layer_nodes(manifest(), layer)
    if layer == "identity":
        nodes = {
            key: node for key, node in nodes.items() if node["name"] == "core__profiles"
        }
    done = build_layer(manifest(), layer, nodes, lambda: connect(warehouse))
    if done.failure:
        raise SystemExit(f"dbt could not build the world.\n{done.failure}")


if __name__ == "__main__":
    write_table(Path(sys.argv[1]), int(sys.argv[2]))
