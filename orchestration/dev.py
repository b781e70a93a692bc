"""A warehouse of one's own: the copy that `dbt build` works on outside the pipeline."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.warehouse import DataDir, connect


def refresh_dev_copy(data: DataDir) -> Path:
    """Replace the dev warehouse by a copy of the current one; return its path.

    The copy is taken while this process holds the warehouse, so that no run writes to
    it half-way, and appears under its name in one step.

    Raises:
        FileNotFoundError: there is no warehouse to copy yet.
        WarehouseLockedError: a run is writing to the warehouse.
    """
    warehouse = data.built_warehouse()
    data.dev_warehouse.parent.mkdir(exist_ok=True)
    partial = data.dev_warehouse.with_suffix(".tmp")
    with connect(warehouse) as connection:
        connection.execute("checkpoint")
        shutil.copyfile(data.warehouse, partial)
    return partial.replace(data.dev_warehouse)
